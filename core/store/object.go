package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// object is raw, or {} when there is nothing: JSON columns are never null. It
// refuses, for both engines, what is no object or what jsonb cannot hold.
func object(raw json.RawMessage) (json.RawMessage, error) {
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) == 0 || string(trimmed) == "null" {
		return json.RawMessage(`{}`), nil
	}
	// With the escaped backslashes gone, what looks like an escape is one.
	bare := strings.ReplaceAll(string(trimmed), `\\`, "")
	if trimmed[0] != '{' || !json.Valid(trimmed) || !utf8.Valid(trimmed) || strings.Contains(bare, `\u0000`) {
		return nil, fmt.Errorf("%w: not a JSON object", ErrInvalid)
	}
	return raw, nil
}
