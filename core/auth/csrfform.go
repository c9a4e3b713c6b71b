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
	// csrfField is the field of a form, as the replaced server's framework names it.
	csrfField = "csrfmiddlewaretoken"
	// formStart is how much of a form is looked at: pages put the field first.
	formStart = 16 << 10
)

// formToken is the CSRF token that a page's form was posted with, "" without one.
// The body is left as it was, for whoever answers, here or in another process.
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

// rejoined is a body whose start was read, and put before the rest again.
type rejoined struct {
	io.Reader
	io.Closer
}

// failing is where reading failed, for who reads again; nil is nothing.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}
