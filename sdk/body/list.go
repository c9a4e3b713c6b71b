package body

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// MsgEmptyList is the message for an empty list.
const MsgEmptyList = "This list may not be empty."

// Texts reads a list of 1 to most texts, trimmed. check says what is wrong with a
// text, "" for nothing. Faulty items are reported by index, all at once.
func (o *Object) Texts(name string, most int, check func(text string) string) (texts []string, ok bool) {
	raw, given := o.fields[name]
	switch {
	case !given:
		o.Fault(name, MsgRequired)
		return nil, false
	case o.IsNull(name):
		o.Fault(name, MsgNull)
		return nil, false
	}
	var items []json.RawMessage
	if o.form { // which has one value per name
		items = []json.RawMessage{raw}
	} else if err := json.Unmarshal(raw, &items); err != nil {
		o.Fault(name, fmt.Sprintf("Expected a list of items but got type \"%s\".", TypeName(raw)))
		return nil, false
	}
	switch {
	case len(items) == 0:
		o.Fault(name, MsgEmptyList)
		return nil, false
	case len(items) > most:
		o.Fault(name, fmt.Sprintf("Ensure this field has no more than %d elements.", most))
		return nil, false
	}
	faults := map[string][]string{}
	for i, item := range items {
		text, fault := Required().read(item)
		if bytes.Equal(bytes.TrimSpace(item), []byte("null")) {
			fault = MsgNull
		}
		if fault == "" {
			fault = check(text)
		}
		if fault != "" {
			faults[strconv.Itoa(i)] = []string{fault}
		}
		texts = append(texts, text)
	}
	if len(faults) > 0 {
		o.Fault(name, faults)
		return nil, false
	}
	return texts, true
}
