package reply

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/sdk/module"
)

// JSON answers v: compact, non-ASCII and HTML characters unescaped, without a
// charset parameter.
func JSON(c *gin.Context, status int, v any) {
	b, err := Encode(v)
	if err != nil {
		Fail(c, err)
		return
	}
	c.Data(status, "application/json", b)
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

// Fail ends the request with err: it is kept in the context for the access log
// and answered at once.
func Fail(c *gin.Context, err error) {
	_ = c.Error(err)
	Write(c, err)
	c.Abort()
}

// Write turns err into an answer; the only place that does.
func Write(c *gin.Context, err error) {
	e := As(err)
	for k, v := range e.Header {
		c.Header(k, v)
	}
	status := e.Status
	b, encErr := Encode(e.Body)
	if encErr != nil {
		status, b = http.StatusInternalServerError, []byte(`{"detail":"Server error."}`)
	}
	c.Data(status, "application/json", b)
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
