package recordings

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/reply"
)

// originalURL is the header in which the media proxy says what was requested.
const originalURL = "X-Original-URL"

// mediaRule matches the file in the path that a browser requested from the media
// proxy (contract: recording-summary-files.md 5).
func mediaRule(folder string) *regexp.Regexp {
	return regexp.MustCompile(`/media/` + regexp.QuoteMeta(folder) +
		`/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\.([a-zA-Z0-9]{1,10})`)
}

// mediaAuth answers GET recordings/media-auth/, which the media proxy calls
// before it reads a file from the bucket: the headers let it read that file.
func (s *Service) mediaAuth(w http.ResponseWriter, r *http.Request) {
	h, err := s.permit(r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	for name, values := range h {
		w.Header().Set(name, values[0])
	}
	reply.JSON(w, r, http.StatusOK, "authorized")
}

// permit returns the headers for reading the file that the proxy was asked for.
func (s *Service) permit(r *http.Request) (http.Header, error) {
	u, err := url.Parse(r.Header.Get(originalURL))
	if err != nil {
		return nil, reply.Forbidden()
	}
	rec, err := s.permitted(r, u.EscapedPath())
	if err != nil {
		return nil, err
	}
	return s.files.SignGet(r.Context(), s.key(rec.Recording))
}

// permitted is the recording whose file the path names, if the caller may read
// it. Anything unknown or malformed is refused just like somebody else's: nginx's
// auth_request turns any answer but 401 and 403 into a 500, and nobody learns
// what exists. Whether the file is still kept is checked elsewhere.
func (s *Service) permitted(r *http.Request, escapedPath string) (store.RecordingWithRoom, error) {
	found := s.media.FindStringSubmatch(escapedPath)
	if found == nil {
		return store.RecordingWithRoom{}, reply.Forbidden()
	}
	id, err := uuid.Parse(found[1])
	if err != nil {
		return store.RecordingWithRoom{}, reply.Forbidden()
	}
	rec, err := s.store.RecordingFor(r.Context(), id, callerOf(r))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return rec, reply.Forbidden()
	case err != nil:
		return rec, err
	case found[2] != extension(rec.Recording), !rec.Role.Privileged(), !rec.Status.Saved(), s.expired(rec.Recording, time.Now()):
		return rec, reply.Forbidden()
	}
	return rec, nil
}
