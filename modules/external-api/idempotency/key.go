package idempotency

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"foyer/core/module/reply"
)

const (
	// Header is where clients put their key.
	Header = "Idempotency-Key"
	// Replayed marks an answer that was given before.
	Replayed = "Idempotent-Replayed"

	maxKey = 255 // characters
)

// keyOf reads the header: visible ASCII, in quotes or bare; "" without one.
func keyOf(h http.Header) (string, error) {
	values := h.Values(Header)
	if len(values) == 0 {
		return "", nil
	}
	key := strings.TrimSpace(values[0])
	if inner, quoted := strings.CutPrefix(key, `"`); quoted {
		key = strings.TrimSuffix(inner, `"`)
	}
	ok := len(values) == 1 && key != "" && len(key) <= maxKey
	for _, b := range []byte(key) {
		ok = ok && b >= ' ' && b <= '~' && b != '"' && b != '\\'
	}
	if !ok {
		return "", reply.Detail(http.StatusBadRequest, "Invalid Idempotency-Key.")
	}
	return key, nil
}

// digest is the hex SHA-256 of the parts, each apart from the next.
func digest(parts ...[]byte) string {
	sum := sha256.New()
	for _, part := range parts {
		one := sha256.Sum256(part)
		sum.Write(one[:])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// fingerprint tells requests apart: method, path and body. The body is put back
// for the handler. One beyond limit is cut: the handler refuses it.
func fingerprint(c *gin.Context, limit int64) (string, error) {
	var text []byte
	if body := c.Request.Body; body != nil && body != http.NoBody {
		var err error
		if text, err = io.ReadAll(io.LimitReader(body, limit+1)); err != nil {
			return "", reply.Detail(http.StatusBadRequest, "The request body could not be read.")
		}
		c.Request.Body = struct {
			io.Reader
			io.Closer
		}{bytes.NewReader(text), body}
	}
	return digest([]byte(c.Request.Method), []byte(strings.TrimSuffix(c.Request.URL.Path, "/")), text), nil
}
