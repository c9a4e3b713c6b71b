package body

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"foyer/sdk/reply"
)

// DefaultLimit bounds a body where nothing else is configured, in bytes.
const DefaultLimit = 1 << 20

// maxDepth bounds how deeply objects and lists may be nested.
const maxDepth = 64

// Object is a request body: fields by name. Reading a field records what is wrong
// with it; Err returns all faults at once.
type Object struct {
	fields   map[string]json.RawMessage
	form     bool
	repeated []string
	faults   map[string]any
}

// Read reads a body of at most limit bytes. A missing body is an empty object.
// Errors are *reply.Error: 400, 413 and 415 as the contract has them.
func Read(w http.ResponseWriter, r *http.Request, limit int64) (*Object, error) {
	raw, err := readAll(w, r, limit)
	kind, params := mediaType(r)
	switch {
	case err != nil:
		return nil, unread(err)
	case len(raw) == 0:
		return &Object{}, nil
	case kind == "multipart/form-data":
		return readForm(raw, params["boundary"], limit)
	case kind == "application/json":
		return Parse(raw)
	}
	return nil, reply.Detail(http.StatusUnsupportedMediaType, fmt.Sprintf("Unsupported media type \"%s\" in request.", kind))
}

// Peek returns the body as it came, at most limit bytes, and leaves it to be read
// again. Errors are *reply.Error.
func Peek(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	raw, err := readAll(w, r, limit)
	if err != nil {
		return nil, unread(err)
	}
	if len(raw) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(raw)) // the server closes its own
	}
	return raw, nil
}

// unread is the answer to a body that could not be read.
func unread(err error) error {
	if isTooLarge(err) {
		return reply.Detail(http.StatusRequestEntityTooLarge, "Request body is too large.")
	}
	return reply.Detail(http.StatusBadRequest, "The request body could not be read.")
}

// readAll reads the body. The server has already bounded the time.
func readAll(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	return io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
}

// mediaType is the type without parameters. Malformed parameters do not matter,
// but a malformed type is returned as it came.
func mediaType(r *http.Request) (string, map[string]string) {
	header := r.Header.Get("Content-Type")
	kind, params, err := mime.ParseMediaType(header)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return header, nil
	}
	return kind, params
}

func isTooLarge(err error) bool {
	_, ok := errors.AsType[*http.MaxBytesError](err)
	return ok
}

// Parse reads one JSON object.
func Parse(raw []byte) (*Object, error) {
	if !utf8.Valid(raw) {
		return nil, parseError("invalid UTF-8")
	}
	o := &Object{}
	err := json.Unmarshal(raw, &o.fields)
	read := err == nil && o.fields != nil
	if read && len(o.fields) == members(raw) {
		return o, nil
	}
	if err := check(raw); err != nil {
		return nil, parseError(err.Error())
	}
	if read {
		return o, nil
	}
	if t := TypeName(raw); t != "NoneType" {
		return nil, reply.InvalidField("non_field_errors", "Invalid data. Expected a dictionary, but got "+t+".")
	}
	return nil, reply.InvalidField("non_field_errors", "No data provided")
}

func parseError(text string) error {
	return reply.Detail(http.StatusBadRequest, "JSON parse error - "+text)
}

// members counts the members of an object that contains no other object or list,
// the usual case: if there are as many as names, none is duplicated. -1 = it is
// not that simple. raw is valid JSON.
func members(raw []byte) int {
	n, text := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case text && c == '\\':
			i++ // an escaped character ends nothing
		case c == '"':
			text = !text
		case text:
		case c == ':':
			n++
		case c == '[', c == '{' && n > 0:
			return -1
		}
	}
	return n
}

// check walks the document once: it must be one JSON value, not too deep, and
// no object may give a key twice.
func check(raw []byte) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var open []map[string]bool // one per open container, nil for lists
	key := false               // the next string is a key
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && len(open) == 0 {
			return nil
		}
		if err != nil {
			return errors.New(strings.TrimPrefix(err.Error(), "json: "))
		}
		switch t {
		case json.Delim('{'):
			open, key = append(open, map[string]bool{}), true
		case json.Delim('['):
			open, key = append(open, nil), false
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
			key = inObject(open)
		default:
			if name, ok := t.(string); ok && key {
				if open[len(open)-1][name] {
					return fmt.Errorf("key %q is given twice", name)
				}
				open[len(open)-1][name] = true
				key = false
				continue
			}
			key = inObject(open)
		}
		if len(open) > maxDepth {
			return fmt.Errorf("nested more than %d levels deep", maxDepth)
		}
		if len(open) == 0 && d.More() {
			return errors.New("extra data after the value")
		}
	}
}

func inObject(open []map[string]bool) bool { return len(open) > 0 && open[len(open)-1] != nil }

// TypeName is the name of a JSON value's type in messages.
func TypeName(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "NoneType"
	}
	switch raw[0] {
	case '{':
		return "dict"
	case '[':
		return "list"
	case '"':
		return "str"
	case 't', 'f':
		return "bool"
	case 'n':
		return "NoneType"
	}
	if bytes.ContainsAny(raw, ".eE") {
		return "float"
	}
	return "int"
}
