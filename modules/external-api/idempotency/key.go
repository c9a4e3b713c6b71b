package idempotency

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"foyer/sdk/body"
	"foyer/sdk/reply"
)

const (
	// Header is the request header that carries the client's key.
	Header = "Idempotency-Key"
	// Replayed marks an answer that repeats an earlier one.
	Replayed = "Idempotent-Replayed"

	maxKey = 255 // characters
)

// keyOf reads the header: visible ASCII, quoted or bare; "" if it is absent.
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

// digest is the hex SHA-256 of the parts, kept distinct from one another.
func digest(parts ...[]byte) string {
	sum := sha256.New()
	for _, part := range parts {
		one := sha256.Sum256(part)
		sum.Write(one[:])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// fingerprint tells requests apart by method, path and body; the handler can still read
// the body.
func fingerprint(w http.ResponseWriter, r *http.Request, limit int64) (string, error) {
	text, err := body.Peek(w, r, limit)
	if err != nil {
		return "", err
	}
	return digest([]byte(r.Method), []byte(strings.TrimSuffix(r.URL.Path, "/")), text), nil
}
