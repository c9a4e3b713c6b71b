package reply

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"
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

// As finds the *Error in err; anything else is a bare 500 with err as cause.
func As(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return Detail(http.StatusInternalServerError, "Server error.").Because(err)
}
