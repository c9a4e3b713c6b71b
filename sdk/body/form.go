package body

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"unicode/utf8"

	"foyer/sdk/reply"
)

// maxParts bounds the number of fields in a form.
const maxParts = 100

// readForm reads the flat text fields of a multipart form; the last value of a
// name wins, and files are ignored.
func readForm(raw []byte, boundary string, limit int64) (*Object, error) {
	o := &Object{fields: map[string]json.RawMessage{}, form: true}
	r := multipart.NewReader(bytes.NewReader(raw), boundary)
	for range maxParts {
		p, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return o, nil
		}
		if err != nil {
			return nil, reply.Detail(400, "Multipart form parse error - "+err.Error())
		}
		text, err := io.ReadAll(io.LimitReader(p, limit))
		if err != nil || !utf8.Valid(text) {
			return nil, reply.Detail(400, "Multipart form parse error - a field cannot be read")
		}
		if p.FormName() == "" || p.FileName() != "" {
			continue
		}
		if o.fields[p.FormName()], err = json.Marshal(string(text)); err != nil {
			return nil, reply.Detail(400, "Multipart form parse error - a field cannot be read")
		}
	}
	return nil, reply.Detail(400, "Multipart form parse error - too many fields")
}
