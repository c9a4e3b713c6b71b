package recordings

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

const (
	// redirectTime is how long a URL of the storage is valid: the browser follows
	// it at once, and may resume a download for a while.
	redirectTime = 15 * time.Minute
	// stallTime ends a download in which nothing moves, on either side.
	stallTime = time.Minute
	chunk     = 128 << 10
)

// handedOn are the headers of the storage's answer that browsers receive.
var handedOn = []string{"Accept-Ranges", "Content-Length", "Content-Range", "ETag", "Last-Modified"}

// file answers GET and HEAD /media/<folder>/<file>, unless a proxy in front does
// (contract: recording-summary-files.md 5). The rules are those of mediaAuth.
func (s *Service) file(w http.ResponseWriter, r *http.Request) {
	rec, err := s.permitted(r, r.URL.EscapedPath())
	if err == nil {
		err = s.hand(w, r, rec)
	}
	if err != nil {
		reply.Fail(w, r, err)
	}
}

// hand sends the file to the browser.
func (s *Service) hand(w http.ResponseWriter, r *http.Request, rec store.RecordingWithRoom) error {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	kind, disposition := mediaType(rec.Recording), mime.FormatMediaType("attachment", map[string]string{"filename": fileName(rec)})
	if s.cfg.Media == config.MediaRedirect {
		address, err := s.files.PresignDownload(ctx, s.key(rec.Recording), redirectTime, kind, disposition)
		if err != nil {
			return err
		}
		http.Redirect(w, r, address, http.StatusFound)
		return nil
	}
	got, err := s.files.Open(ctx, r.Method, s.key(rec.Recording), r.Header)
	switch {
	case errors.Is(err, module.ErrNotFound):
		return reply.NotFound()
	case errors.Is(err, module.ErrUnavailable):
		return reply.Unavailable(5*time.Second, err)
	case err != nil:
		return err
	}
	defer got.Body.Close()
	h := w.Header()
	for _, name := range handedOn {
		// An unsuccessful answer has a body of the storage's, which is not passed
		// on.
		if v := got.Header.Get(name); v != "" && (name != "Content-Length" || got.StatusCode < http.StatusMultipleChoices) {
			h.Set(name, v)
		}
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", disposition)
	h.Set("Cache-Control", "private, no-cache") // resumed downloads check whether it is still the same
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; media-src 'self'; sandbox")
	w.WriteHeader(got.StatusCode)
	if r.Method == http.MethodHead || got.StatusCode >= http.StatusMultipleChoices {
		return nil
	}
	// What ends halfway is shorter than its Content-Length, so browsers resume
	// it.
	_, err = io.CopyBuffer(&moving{w, http.NewResponseController(w), time.AfterFunc(stallTime, cancel)}, got.Body, make([]byte, chunk))
	if err != nil {
		reply.Note(ctx, err) // logged; the answer has begun
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

func (m *moving) Write(p []byte) (int, error) {
	if err := m.control.SetWriteDeadline(time.Now().Add(stallTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	n, err := m.to.Write(p)
	m.stalled.Reset(stallTime)
	return n, err
}

func mediaType(rec store.Recording) string {
	if rec.Mode == store.Transcript {
		return "audio/ogg"
	}
	return "video/mp4"
}

// fileName is the name of a download: the room's name and when it was recorded.
func fileName(rec store.RecordingWithRoom) string {
	name := strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || strings.ContainsRune(`/\:*?"<>|`, c) {
			return '-'
		}
		return c
	}, rec.Room.Name)
	return strings.TrimSpace(name) + " " + rec.CreatedAt.UTC().Format("2006-01-02 15-04") + "." + extension(rec.Recording)
}
