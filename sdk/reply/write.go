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

// JSON answers v: compact, non-ASCII and HTML characters unescaped, without a
// charset parameter.
func JSON(w http.ResponseWriter, r *http.Request, status int, v any) {
	b, err := Encode(v)
	if err != nil {
		Fail(w, r, err)
		return
	}
	Data(w, status, "application/json", b)
}

// Data answers what is encoded already. A content type that the handler has set
// before stays.
func Data(w http.ResponseWriter, status int, contentType string, b []byte) {
	h := w.Header()
	if len(h["Content-Type"]) == 0 {
		h["Content-Type"] = []string{contentType}
	}
	w.WriteHeader(status)
	if status >= http.StatusOK && status != http.StatusNoContent && status != http.StatusNotModified {
		_, _ = w.Write(b) // an error is a client that has left
	}
}

// Encode is the JSON form of JSON.
func Encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// Fail answers err, the only place that turns an error into an answer, and notes
// it for the log.
func Fail(w http.ResponseWriter, r *http.Request, err error) {
	Note(r.Context(), err)
	e := As(err)
	for k, v := range e.Header {
		w.Header().Set(k, v)
	}
	status := e.Status
	b, encErr := Encode(e.Body)
	if encErr != nil {
		status, b = http.StatusInternalServerError, []byte(`{"detail":"Server error."}`)
	}
	Data(w, status, "application/json", b)
}

type notesKey struct{}

// Collect returns a context in which Note adds to notes; the host calls it.
func Collect(ctx context.Context, notes *[]error) context.Context {
	return context.WithValue(ctx, notesKey{}, notes)
}

// Note has the line that is logged of the request say what err was caused by. It
// is for handlers that answer by other means than Fail.
func Note(ctx context.Context, err error) {
	if notes, ok := ctx.Value(notesKey{}).(*[]error); ok {
		*notes = append(*notes, err)
	}
}

// retryAfter is when a client may ask again for what is unavailable.
const retryAfter = 2 * time.Second

// As finds the *Error in err; anything else is a bare 500 with err as cause, or
// 503 with Retry-After when that is a module.ErrUnavailable: the database is
// away, or another service of the host. So is a 500 with such a cause, in its
// own form.
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
