package schema

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"

	"foyer/sdk/body"
)

// fault is one fault of a structured object (core-rest.md 1.6).
type fault struct {
	Type  string            `json:"type"`
	Loc   []string          `json:"loc"`
	Msg   string            `json:"msg"`
	Input any               `json:"input"`
	Ctx   map[string]string `json:"ctx,omitempty"`
	URL   string            `json:"url"`
}

const sourcesText = "'camera', 'microphone', 'screen_share' or 'screen_share_audio'"

func newFault(kind, msg string, input json.RawMessage, loc ...string) fault {
	if loc == nil {
		loc = []string{}
	}
	return fault{
		Type: kind, Loc: loc, Msg: msg, Input: shownInput(input), URL: "https://errors.pydantic.dev/2.13/v/" + kind,
	}
}

func unknownKey(key string, v json.RawMessage) fault {
	return newFault("extra_forbidden", "Extra inputs are not permitted", v, key)
}

func notAnObject(model string, v json.RawMessage) fault {
	f := newFault("model_type", "Input should be a valid dictionary or instance of "+model, v)
	f.Ctx = map[string]string{"class_name": model}
	return f
}

func notAList(key string, v json.RawMessage) []fault {
	return []fault{newFault("list_type", "Input should be a valid list", v, key)}
}

// checkSources checks a list of sources, or null.
func checkSources(key string, v json.RawMessage) []fault {
	if body.TypeName(v) == "NoneType" {
		return nil
	}
	return checkSourceList(key, v)
}

func checkSourceList(key string, v json.RawMessage) []fault {
	var items []json.RawMessage
	if body.TypeName(v) != "list" || json.Unmarshal(v, &items) != nil {
		return notAList(key, v)
	}
	var faults []fault
	for i, item := range items {
		var name string
		if body.TypeName(item) == "str" && json.Unmarshal(item, &name) == nil && slices.Contains(sourceNames, name) {
			continue
		}
		f := newFault("literal_error", "Input should be "+sourcesText, item, key, strconv.Itoa(i))
		f.Ctx = map[string]string{"expected": sourcesText}
		faults = append(faults, f)
	}
	return faults
}

// maxBool bounds a truth value in bytes, because it is stored as it was written.
const maxBool = len(`"\u0066\u0061\u006c\u0073\u0065"`)

// storable refuses spellings of zero and one that a database cannot take, such as
// 0e-99999999.
func storable(v json.RawMessage) bool {
	return len(v) <= maxBool && (body.TypeName(v) != "float" || !bytes.ContainsAny(v, "eE"))
}

func checkBool(key string, v json.RawMessage) []fault {
	switch body.TypeName(v) {
	case "NoneType":
		return nil
	case "dict", "list":
		return []fault{newFault("bool_type", "Input should be a valid boolean", v, key)}
	}
	if _, ok := body.Truth(v); ok && storable(v) {
		return nil
	}
	return []fault{newFault("bool_parsing", "Input should be a valid boolean, unable to interpret input", v, key)}
}

// shownInput renders scalars as text, as the contract pins them; containers keep
// their shape, with their scalars rendered the same way.
func shownInput(raw json.RawMessage) any {
	switch body.TypeName(raw) {
	case "dict":
		var m map[string]json.RawMessage
		if json.Unmarshal(raw, &m) != nil {
			return nil
		}
		shown := make(map[string]any, len(m))
		for k, v := range m {
			shown[k] = shownInput(v)
		}
		return shown
	case "list":
		var l []json.RawMessage
		if json.Unmarshal(raw, &l) != nil {
			return nil
		}
		shown := make([]any, len(l))
		for i, v := range l {
			shown[i] = shownInput(v)
		}
		return shown
	case "bool":
		if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("t")) {
			return "True"
		}
		return "False"
	case "NoneType":
		return "None"
	case "str":
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return nil
		}
		return s
	}
	return string(bytes.TrimSpace(raw))
}

// orderedObject reads an object's keys in the order they were given.
func orderedObject(raw json.RawMessage) (keys []string, values map[string]json.RawMessage, ok bool) {
	if body.TypeName(raw) != "dict" || json.Unmarshal(raw, &values) != nil {
		return nil, nil, false
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return nil, nil, false
	}
	for d.More() {
		t, err := d.Token()
		key, isKey := t.(string)
		if err != nil || !isKey {
			return nil, nil, false
		}
		keys = append(keys, key)
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			return nil, nil, false
		}
	}
	return keys, values, true
}
