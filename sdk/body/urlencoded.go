package body

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"foyer/sdk/reply"
)

// ReadForm is Read for routes that take application/x-www-form-urlencoded in
// addition to JSON, but no multipart form.
func ReadForm(w http.ResponseWriter, r *http.Request, limit int64) (*Object, error) {
	raw, err := readAll(w, r, limit)
	kind, _ := mediaType(r)
	switch {
	case err != nil:
		return nil, unread(err)
	case len(raw) == 0:
		return &Object{}, nil
	case kind == "application/x-www-form-urlencoded":
		return ParseForm(string(raw))
	case kind == "application/json":
		return Parse(raw)
	}
	return nil, reply.Detail(http.StatusUnsupportedMediaType, fmt.Sprintf("Unsupported media type \"%s\" in request.", kind))
}

// ParseForm reads pairs such as a=1&b=2. Like the replaced server it leaves an
// invalid escape as it stands and takes the last value of a name; Object.Repeated
// says which names came more than once.
func ParseForm(text string) (*Object, error) {
	o := &Object{fields: map[string]json.RawMessage{}, form: true}
	pairs := 0
	for pair := range strings.SplitSeq(text, "&") {
		if pair == "" {
			continue
		}
		if pairs++; pairs > maxParts {
			return nil, reply.Detail(http.StatusBadRequest, "The form has too many fields.")
		}
		name, value, _ := strings.Cut(pair, "=")
		name = Unescape(name)
		raw, err := json.Marshal(Unescape(value))
		if err != nil {
			return nil, reply.Detail(http.StatusBadRequest, "A field of the form cannot be read.")
		}
		if o.Has(name) {
			o.repeated = append(o.repeated, name)
		}
		o.fields[name] = raw
	}
	return o, nil
}

// Repeated are the names that a form gave more than once.
func (o *Object) Repeated() []string { return o.repeated }

// Unescape decodes "+" and %XX; what is not an escape stays, and broken UTF-8 is
// replaced.
func Unescape(text string) string {
	if !strings.ContainsAny(text, "%+") && utf8.ValidString(text) {
		return text
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '+':
			out = append(out, ' ')
		case c == '%' && i+2 < len(text) && digit(text[i+1]) >= 0 && digit(text[i+2]) >= 0:
			out = append(out, byte(digit(text[i+1])<<4|digit(text[i+2])))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return strings.ToValidUTF8(string(out), "\uFFFD")
}

// digit is the value of a hexadecimal digit, -1 for anything else.
func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
