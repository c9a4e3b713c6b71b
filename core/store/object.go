package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// object returns raw, or {} if there is nothing: JSON columns are never null. For
// both engines it refuses what is not an object or what jsonb cannot hold.
func object(raw json.RawMessage) (json.RawMessage, error) {
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) == 0 || string(trimmed) == "null" {
		return json.RawMessage(`{}`), nil
	}
	if trimmed[0] != '{' || !json.Valid(trimmed) || !utf8.Valid(trimmed) {
		return nil, fmt.Errorf("%w: not a JSON object", ErrInvalid)
	}
	if !holdableText(string(trimmed)) || !holdableNumbers(trimmed) {
		return nil, fmt.Errorf("%w: JSON that jsonb cannot hold", ErrInvalid)
	}
	return raw, nil
}

// holdableText reports whether valid JSON is free of escaped NULs and of half
// surrogate pairs.
func holdableText(text string) bool {
	for {
		at := strings.IndexByte(text, '\\')
		if at < 0 {
			return true
		}
		text = text[at:]
		if text[1] != 'u' {
			text = text[2:]
			continue
		}
		r := codeUnit(text)
		text = text[6:]
		if r == 0 {
			return false
		}
		if !utf16.IsSurrogate(r) {
			continue
		}
		if !strings.HasPrefix(text, `\u`) || utf16.DecodeRune(r, codeUnit(text)) == unicode.ReplacementChar {
			return false
		}
		text = text[6:]
	}
}

// codeUnit parses \uXXXX.
func codeUnit(text string) rune {
	n, _ := strconv.ParseUint(text[2:6], 16, 16) // the JSON is valid
	return rune(n)
}

// numberLimit is the most digits, and the largest exponent, of a number.
// PostgreSQL holds more, but spells every digit out.
const numberLimit = 1000

// holdableNumbers reports whether valid JSON is free of numbers beyond
// numberLimit.
func holdableNumbers(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			return true // the end
		}
		number, ok := token.(json.Number)
		if !ok {
			continue
		}
		digits, exponent := number.String(), 0
		if at := strings.IndexAny(digits, "eE"); at >= 0 {
			if exponent, err = strconv.Atoi(digits[at+1:]); err != nil {
				return false
			}
		}
		if len(digits) > numberLimit || exponent > numberLimit || exponent < -numberLimit {
			return false
		}
	}
}
