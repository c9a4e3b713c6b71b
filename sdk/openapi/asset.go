package openapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"foyer/sdk/reply"
)

// asset is something to serve, kept compressed.
type asset struct {
	kind string // content type
	gz   []byte
	tag  string // ETag
}

func newAsset(kind string, gz []byte) *asset {
	sum := sha256.Sum256(gz)
	return &asset{kind: kind, gz: gz, tag: `"` + hex.EncodeToString(sum[:8]) + `"`}
}

func compress(kind string, text []byte) (*asset, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	return newAsset(kind, b.Bytes()), nil
}

// serve answers with the asset, compressed if the client accepts that; cache is
// the Cache-Control header.
func (a *asset) serve(w http.ResponseWriter, r *http.Request, cache string) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", cache)
	h.Add("Vary", "Accept-Encoding")
	if acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		h.Set("ETag", a.tag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.gz))
		return
	}
	plain, err := gzip.NewReader(bytes.NewReader(a.gz))
	if err != nil {
		reply.Fail(w, r, fmt.Errorf("read %s: %w", a.kind, err))
		return
	}
	h.Set("ETag", "W/"+a.tag) // the same, in another form
	w.WriteHeader(http.StatusOK)
	_, _ = io.Copy(w, plain) //nolint:gosec // of our own making; an error is a client that has left
}

// acceptsGzip reads Accept-Encoding (RFC 9110, 12.5.3): gzip or anything, with
// no weight of 0.
func acceptsGzip(r *http.Request) bool {
	for item := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		coding, weight, weighed := strings.Cut(strings.ToLower(strings.ReplaceAll(item, " ", "")), ";q=")
		if coding == "gzip" || coding == "*" {
			return !weighed || strings.Trim(weight, "0.") != ""
		}
	}
	return false
}
