package auth

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

const (
	// csrfField is the form field, named as in the replaced server's framework.
	csrfField = "csrfmiddlewaretoken"
	// formStart is how much of a form is read: pages put the field first.
	formStart = 16 << 10
)

// formToken returns the CSRF token that a form was posted with, "" if there is
// none. The body is left intact for the handler, here or in another process.
func formToken(r *http.Request) string {
	if r.Method != http.MethodPost || r.Body == nil {
		return ""
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" && kind != "multipart/form-data" {
		return ""
	}
	start, err := io.ReadAll(io.LimitReader(r.Body, formStart))
	r.Body = rejoined{io.MultiReader(bytes.NewReader(start), failing{err}, r.Body), r.Body}
	if kind == "multipart/form-data" {
		return partToken(multipart.NewReader(bytes.NewReader(start), params["boundary"]))
	}
	for pair := range strings.SplitSeq(string(start), "&") {
		if name, value, _ := strings.Cut(pair, "="); name == csrfField {
			token, _ := url.QueryUnescape(value)
			return token
		}
	}
	return ""
}

func partToken(form *multipart.Reader) string {
	for {
		part, err := form.NextPart()
		if err != nil { // the rest was not read, or is not a form
			return ""
		}
		if part.FormName() == csrfField && part.FileName() == "" {
			token, _ := io.ReadAll(io.LimitReader(part, 2*csrfLength+1))
			return string(token)
		}
	}
}

// rejoined is a body whose start has been read and put back in front of the rest.
type rejoined struct {
	io.Reader
	io.Closer
}

// failing returns, to later readers, the error that reading ended with; nil for
// none.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}
