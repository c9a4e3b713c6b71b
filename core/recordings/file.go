package recordings

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

const (
	// redirectTime is how long an address at the storage is good for: the
	// browser follows it at once, and may resume a download for a while.
	redirectTime = 15 * time.Minute
	// stallTime ends a download in which nothing moves, whichever side it is.
	stallTime = time.Minute
	chunk     = 128 << 10
)

// handedOn are the headers of the storage's answer that browsers get.
var handedOn = []string{"Accept-Ranges", "Content-Length", "Content-Range", "ETag", "Last-Modified"}

// file answers GET and HEAD /media/<folder>/<file>, which a proxy in front
// answers where there is one (contract: recording-summary-files.md 5). The
// rules are those of mediaAuth.
func (s *Service) file(c *gin.Context) {
	r, err := s.permitted(c, c.Request.URL.EscapedPath())
	if err == nil {
		err = s.hand(c, r)
	}
	if err != nil {
		reply.Fail(c, err)
	}
}

// hand gives the file to the browser.
func (s *Service) hand(c *gin.Context, r store.RecordingWithRoom) error {
	ctx, cancel := context.WithCancel(c.Request.Context())
	defer cancel()
	kind, disposition := mediaType(r.Recording), mime.FormatMediaType("attachment", map[string]string{"filename": fileName(r)})
	if s.cfg.Media == config.MediaRedirect {
		address, err := s.files.PresignDownload(ctx, s.key(r.Recording), redirectTime, kind, disposition)
		if err != nil {
			return err
		}
		c.Redirect(http.StatusFound, address)
		return nil
	}
	got, err := s.files.Open(ctx, c.Request.Method, s.key(r.Recording), c.Request.Header)
	switch {
	case errors.Is(err, module.ErrNotFound):
		return reply.NotFound()
	case errors.Is(err, module.ErrUnavailable):
		return reply.Unavailable(5*time.Second, err)
	case err != nil:
		return err
	}
	defer got.Body.Close()
	h := c.Writer.Header()
	for _, name := range handedOn {
		// What is not a success has a body of the storage's, which is not handed on.
		if v := got.Header.Get(name); v != "" && (name != "Content-Length" || got.StatusCode < http.StatusMultipleChoices) {
			h.Set(name, v)
		}
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", disposition)
	h.Set("Cache-Control", "private, no-cache") // resumed downloads ask whether it is still the same
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; media-src 'self'; sandbox")
	c.Status(got.StatusCode)
	c.Writer.WriteHeaderNow()
	if c.Request.Method == http.MethodHead || got.StatusCode >= http.StatusMultipleChoices {
		return nil
	}
	// What ends halfway is shorter than its Content-Length: browsers resume it.
	_, err = io.CopyBuffer(&moving{c.Writer, http.NewResponseController(c.Writer), time.AfterFunc(stallTime, cancel)}, got.Body, make([]byte, chunk))
	if err != nil {
		_ = c.Error(err) // logged; the answer has begun
	}
	return nil
}

// moving writes as long as something moves: each chunk has stallTime to be read
// from the storage, and as long to be written to the browser.
type moving struct {
	to      io.Writer
	control *http.ResponseController
	stalled *time.Timer
}

// Write is io.Writer.
func (m *moving) Write(p []byte) (int, error) {
	if err := m.control.SetWriteDeadline(time.Now().Add(stallTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	n, err := m.to.Write(p)
	m.stalled.Reset(stallTime)
	return n, err
}

func mediaType(r store.Recording) string {
	if r.Mode == store.Transcript {
		return "audio/ogg"
	}
	return "video/mp4"
}

// fileName is what a download is called: the room's name and when it was
// recorded.
func fileName(r store.RecordingWithRoom) string {
	name := strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || strings.ContainsRune(`/\:*?"<>|`, c) {
			return '-'
		}
		return c
	}, r.Room.Name)
	return strings.TrimSpace(name) + " " + r.CreatedAt.UTC().Format("2006-01-02 15-04") + "." + extension(r.Recording)
}
