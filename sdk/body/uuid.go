package body

import (
	"encoding/json"
	"math/big"
	"strings"

	"github.com/google/uuid"
)

// UUID reads an identifier in any spelling of ParseUUID; a non-negative whole
// number is taken as the identifier of that value.
func (o *Object) UUID(name string, r Rule) (id uuid.UUID, ok bool) {
	raw, given := o.fields[name]
	switch {
	case !given:
		if r.required {
			o.Fault(name, MsgRequired)
		}
		return uuid.Nil, false
	case o.IsNull(name):
		if !r.null {
			o.Fault(name, MsgNull)
		}
		return uuid.Nil, false
	}
	if id, ok = uuidOf(raw); !ok {
		o.Fault(name, MsgUUID)
	}
	return id, ok
}

func uuidOf(raw json.RawMessage) (id uuid.UUID, ok bool) {
	text, _ := textOf(raw)
	switch TypeName(raw) {
	case "str":
		return ParseUUID(text)
	case "int":
		const digits = 39 // of 2^128
		n, isInt := new(big.Int), len(text) <= digits
		if isInt {
			_, isInt = n.SetString(text, 10)
		}
		if !isInt || n.Sign() < 0 || n.BitLen() > 8*len(id) {
			return uuid.Nil, false
		}
		n.FillBytes(id[:])
		return id, true
	}
	return uuid.Nil, false
}

// ParseUUID reads every spelling of core-rest.md 1.6: dashed, undashed, upper
// case, in braces, as URN.
func ParseUUID(text string) (uuid.UUID, bool) {
	const longest = len("urn:uuid:{00000000-0000-0000-0000-000000000000}")
	if len(text) > longest {
		return uuid.Nil, false
	}
	hex := strings.TrimPrefix(strings.TrimPrefix(text, "urn:"), "uuid:")
	hex = strings.ReplaceAll(strings.Trim(hex, "{}"), "-", "")
	if len(hex) != 2*len(uuid.Nil) {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(hex)
	return id, err == nil
}
