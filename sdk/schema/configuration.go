package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"foyer/sdk/body"
)

// configurationModel is the name of the schema in messages.
const configurationModel = "RoomConfiguration"

var sourceNames = []string{"camera", "microphone", "screen_share", "screen_share_audio"}

// ReadConfiguration checks the room configuration in a field of a request
// (core-rest.md 1.6, 5.1) and returns it as it came: unknown keys are refused,
// values are stored raw. If there are faults they are recorded in o, and the
// result is nil.
func ReadConfiguration(o *body.Object, name string) []byte {
	raw := o.Raw(name)
	if o.IsNull(name) {
		o.Fault(name, body.MsgNull)
		return nil
	}
	if text, ok := objectInText(raw); ok && o.IsForm() { // which cannot send it in any other way
		raw = text
	}
	if faults := checkConfiguration(raw); len(faults) > 0 {
		o.Fault(name, faults)
		return nil
	}
	return raw
}

// CheckConfiguration refuses anything but a room configuration, like
// ReadConfiguration; nothing and null are an empty one. The error is the first
// fault, with its place.
func CheckConfiguration(raw []byte) error {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	faults := checkConfiguration(raw)
	if len(faults) == 0 {
		return nil
	}
	return errors.New(strings.Join(append(faults[0].Loc, faults[0].Msg), ": "))
}

// objectInText is the JSON object that a JSON text holds.
func objectInText(raw json.RawMessage) (json.RawMessage, bool) {
	var text string
	if body.TypeName(raw) != "str" || json.Unmarshal(raw, &text) != nil || body.TypeName([]byte(text)) != "dict" {
		return nil, false
	}
	_, err := body.Parse([]byte(text))
	return json.RawMessage(text), err == nil
}

func checkConfiguration(raw json.RawMessage) []fault {
	keys, values, ok := orderedObject(raw)
	if !ok {
		return []fault{notAnObject(configurationModel, raw)}
	}
	var faults []fault
	if v, given := values["can_publish_sources"]; given {
		faults = append(faults, checkSources("can_publish_sources", v)...)
	}
	if v, given := values["everyone_can_mute"]; given {
		faults = append(faults, checkBool("everyone_can_mute", v)...)
	}
	for _, k := range keys {
		if k != "can_publish_sources" && k != "everyone_can_mute" {
			faults = append(faults, unknownKey(k, values[k]))
		}
	}
	return faults
}

// IsEmptyObject reports whether raw is an object without keys, or stands for one.
func IsEmptyObject(raw []byte) bool {
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) < len("{}"), string(raw) == "null":
		return true
	default:
		return raw[0] == '{' && len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0
	}
}
