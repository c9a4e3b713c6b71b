package body

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"foyer/sdk/reply"
)

// Messages of faulty fields (core-rest.md 1.5).
const (
	MsgRequired = "This field is required."
	MsgNull     = "This field may not be null."
	MsgBlank    = "This field may not be blank."
	MsgString   = "Not a valid string."
	MsgNUL      = "Null characters are not allowed."
	MsgBool     = "Must be a valid boolean."
	MsgUUID     = "Must be a valid UUID."
)

// IsForm reports whether the body came as a form, whose values are all text.
func (o *Object) IsForm() bool { return o.form }

// Names are the fields present, sorted.
func (o *Object) Names() []string { return slices.Sorted(maps.Keys(o.fields)) }

// Has reports whether the field is present, null included.
func (o *Object) Has(name string) bool { _, ok := o.fields[name]; return ok }

// IsNull reports whether the field is present and null.
func (o *Object) IsNull(name string) bool {
	return o.Has(name) && bytes.Equal(bytes.TrimSpace(o.fields[name]), []byte("null"))
}

// Raw is the field as it came, nil when it is absent.
func (o *Object) Raw(name string) json.RawMessage { return o.fields[name] }

// Fault records what is wrong with a field: a text, or a list of structured
// faults that is shown as it is.
func (o *Object) Fault(name string, what any) {
	if o.faults == nil {
		o.faults = map[string]any{}
	}
	if text, ok := what.(string); ok {
		what = []string{text}
	}
	o.faults[name] = what
}

// Err is nil, or the 400 that lists every faulty field.
func (o *Object) Err() error {
	if len(o.faults) == 0 {
		return nil
	}
	return reply.Invalid(o.faults)
}

// Rule says which values a text field accepts.
type Rule struct {
	required, blank, null bool
	max                   int
	choices               []string
}

// Required refuses an absent field.
func Required() Rule { return Rule{required: true} }

// Optional accepts an absent field.
func Optional() Rule { return Rule{} }

// Max bounds the length in characters.
func (r Rule) Max(n int) Rule { r.max = n; return r }

// Blank accepts empty text.
func (r Rule) Blank() Rule { r.blank = true; return r }

// Null accepts null, which reads as absent; Object.IsNull tells them apart.
func (r Rule) Null() Rule { r.null = true; return r }

// OneOf accepts these values only.
func (r Rule) OneOf(values ...string) Rule { r.choices = values; return r }

// String reads text: trimmed, numbers turned into text. ok reports whether a
// valid value was given; a faulty one is recorded.
func (o *Object) String(name string, r Rule) (text string, ok bool) {
	raw, given := o.fields[name]
	switch {
	case !given:
		if r.required {
			o.Fault(name, MsgRequired)
		}
		return "", false
	case o.IsNull(name):
		if !r.null {
			o.Fault(name, MsgNull)
		}
		return "", false
	}
	text, fault := r.read(raw)
	if fault != "" {
		o.Fault(name, fault)
		return "", false
	}
	return text, true
}

// read reads a text that is present, or says what is wrong with it.
func (r Rule) read(raw json.RawMessage) (text, fault string) {
	text, isText := textOf(raw)
	if len(r.choices) > 0 {
		if !isText || !slices.Contains(r.choices, text) {
			return "", fmt.Sprintf("\"%s\" is not a valid choice.", display(raw))
		}
		return text, ""
	}
	switch {
	case !isText:
		return "", MsgString
	case strings.ContainsRune(text, 0):
		return "", MsgNUL
	case strings.TrimSpace(text) == "" && !r.blank:
		return "", MsgBlank
	case r.max > 0 && utf8.RuneCountInString(strings.TrimSpace(text)) > r.max:
		return "", fmt.Sprintf("Ensure this field has no more than %d characters.", r.max)
	}
	return strings.TrimSpace(text), ""
}

// textOf is a string as it is, or a number as it was spelled.
func textOf(raw json.RawMessage) (string, bool) {
	switch TypeName(raw) {
	case "str":
		var s string
		err := json.Unmarshal(raw, &s)
		return s, err == nil
	case "int", "float":
		return string(bytes.TrimSpace(raw)), true
	}
	return "", false
}

// display is a value as messages quote it.
func display(raw json.RawMessage) string {
	if s, ok := textOf(raw); ok {
		return s
	}
	switch TypeName(raw) {
	case "bool":
		return strings.ToUpper(string(raw[:1])) + string(raw[1:])
	case "NoneType":
		return "None"
	}
	return string(raw)
}

// Bool reads a truth value in any spelling of Truth. ok reports whether a valid
// value was given; a faulty one is recorded.
func (o *Object) Bool(name string, r Rule) (value, ok bool) {
	raw, given := o.fields[name]
	switch {
	case !given:
		if r.required {
			o.Fault(name, MsgRequired)
		}
		return false, false
	case o.IsNull(name):
		if !r.null {
			o.Fault(name, MsgNull)
		}
		return false, false
	}
	if value, ok = Truth(raw); !ok {
		o.Fault(name, MsgBool)
	}
	return value, ok
}

// Truth reads true, false, 0, 1 and the texts t y yes true on 1, f n no false
// off 0 in any case.
func Truth(raw json.RawMessage) (value, ok bool) {
	text := strings.TrimSpace(string(raw))
	switch TypeName(raw) {
	case "str":
		if json.Unmarshal(raw, &text) != nil {
			return false, false
		}
		text = strings.ToLower(text)
	case "int", "float":
		n, err := strconv.ParseFloat(text, 64)
		return n == 1, err == nil && (n == 0 || n == 1)
	}
	switch text {
	case "true", "t", "y", "yes", "on", "1":
		return true, true
	case "false", "f", "n", "no", "off", "0":
		return false, true
	}
	return false, false
}

// Truthy reports whether a field is present with a value that is not empty, zero,
// false or null.
func (o *Object) Truthy(name string) bool {
	raw := bytes.TrimSpace(o.fields[name])
	switch TypeName(raw) {
	case "NoneType":
		return false
	case "str":
		return len(raw) > 2
	case "bool":
		return raw[0] == 't'
	case "dict", "list":
		return len(bytes.TrimSpace(raw[1:len(raw)-1])) > 0
	}
	n, err := strconv.ParseFloat(string(raw), 64)
	return err != nil || n != 0
}

// Text is a field as text however it was given: strings as they are, other
// values in their JSON spelling.
func (o *Object) Text(name string) string { return display(o.fields[name]) }
