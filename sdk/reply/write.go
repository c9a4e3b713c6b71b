package reply

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"foyer/sdk/module"
)

// JSON answers v: compact, with non-ASCII and HTML characters unescaped, and
// without a charset parameter.
func JSON(w http.ResponseWriter, r *http.Request, status int, v any) {
	b, err := Encode(v)
	if err != nil {
		Fail(w, r, err)
		return
	}
	Data(w, status, "application/json", b)
}

// Data answers encoded content. A content type that the handler has already set
// stays.
func Data(w http.ResponseWriter, status int, contentType string, b []byte) {
	h := w.Header()
	if len(h["Content-Type"]) == 0 {
		h["Content-Type"] = []string{contentType}
	}
	w.WriteHeader(status)
	if status >= http.StatusOK && status != http.StatusNoContent && status != http.StatusNotModified {
		_, _ = w.Write(b) // an error means that the client has left
	}
}

// Encode returns v in the encoding of JSON.
func Encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// Fail answers err and notes it for the log. It is the only place that turns an
// error into an answer.
func Fail(w http.ResponseWriter, r *http.Request, err error) {
	Note(r.Context(), err)
	e, h := As(err), w.Header()
	forget(h)
	for k, v := range e.Header {
		h.Set(k, v)
	}
	status := e.Status
	b, encErr := Encode(e.Body)
	if encErr != nil {
		status, b = http.StatusInternalServerError, []byte(`{"detail":"Server error."}`)
	}
	Data(w, status, "application/json", b)
}

// ofTheBody are headers about an answer that is not given after all.
var ofTheBody = []string{
	"Content-Type", "Content-Length", "Content-Encoding", "Content-Range", "Content-Disposition", "Etag", "Last-Modified", "Expires",
}

// forget drops what a handler said of the answer that it failed to give: a failure
// has a body of its own, and nobody may keep it.
func forget(h http.Header) {
	for _, name := range ofTheBody {
		delete(h, name)
	}
	if h["Cache-Control"] != nil {
		h["Cache-Control"] = []string{"no-store"}
	}
}

type notesKey struct{}

// Collect returns a context in which Note appends to notes; the host calls it.
func Collect(ctx context.Context, notes *[]error) context.Context {
	return context.WithValue(ctx, notesKey{}, notes)
}

// Note adds err to the request's log line as its cause. It is for handlers that
// answer by other means than Fail.
func Note(ctx context.Context, err error) {
	if notes, ok := ctx.Value(notesKey{}).(*[]error); ok {
		*notes = append(*notes, err)
	}
}

// retryAfter is when a client may ask again for something unavailable.
const retryAfter = 2 * time.Second

// As returns the *Error in err. Anything else becomes a bare 500 with err as
// cause, or 503 with Retry-After if it is a module.ErrUnavailable: the database
// or another service of the host cannot be reached. A 500 with such a cause
// becomes a 503 too, in its own form.
func As(err error) *Error {
	away := errors.Is(err, module.ErrUnavailable)
	e, ok := errors.AsType[*Error](err)
	switch {
	case ok && away && e.Status == http.StatusInternalServerError:
		later := Unavailable(retryAfter, err)
		later.Body = e.Body
		return later
	case ok:
		return e
	case away:
		return Unavailable(retryAfter, err)
	}
	return Detail(http.StatusInternalServerError, "Server error.").Because(err)
}
