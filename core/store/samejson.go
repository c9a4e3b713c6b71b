package store

import (
	"bytes"
	"encoding/json"
)

// SameJSON compares JSON values rather than spellings.
func SameJSON(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, okX := canonical(a)
	y, okY := canonical(b)
	return okX && okY && bytes.Equal(x, y)
}

// canonical returns a value without insignificant space and with sorted keys.
func canonical(raw []byte) ([]byte, bool) {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil, false
	}
	b, err := json.Marshal(v)
	return b, err == nil
}
