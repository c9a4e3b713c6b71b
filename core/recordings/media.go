package recordings

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/reply"
)

// originalURL is the header in which the media proxy tells what was asked for.
const originalURL = "X-Original-URL"

// mediaRule finds the file in the path that a browser asked the media proxy for
// (contract: recording-summary-files.md 5).
func mediaRule(folder string) *regexp.Regexp {
	return regexp.MustCompile(`/media/` + regexp.QuoteMeta(folder) +
		`/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\.([a-zA-Z0-9]{1,10})`)
}

// mediaAuth answers GET recordings/media-auth/, which the media proxy asks
// before it reads a file from the bucket: the headers let it read that file.
func (s *Service) mediaAuth(c *gin.Context) {
	h, err := s.permit(c)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	for name, values := range h {
		c.Header(name, values[0])
	}
	reply.JSON(c, http.StatusOK, "authorized")
}

// permit gives the headers that read the file which the proxy was asked for.
func (s *Service) permit(c *gin.Context) (http.Header, error) {
	u, err := url.Parse(c.GetHeader(originalURL))
	if err != nil {
		return nil, reply.Forbidden()
	}
	r, err := s.permitted(c, u.EscapedPath())
	if err != nil {
		return nil, err
	}
	return s.files.SignGet(c.Request.Context(), s.key(r.Recording))
}

// permitted is the recording whose file the path names, if the caller may read
// it. What is unknown or malformed is refused like what is somebody else's:
// nginx's auth_request makes a 500 of anything but 401 and 403, and nobody
// learns what there is. That a file is no longer kept is checked besides.
func (s *Service) permitted(c *gin.Context, escapedPath string) (store.RecordingWithRoom, error) {
	found := s.media.FindStringSubmatch(escapedPath)
	if found == nil {
		return store.RecordingWithRoom{}, reply.Forbidden()
	}
	id, err := uuid.Parse(found[1])
	if err != nil {
		return store.RecordingWithRoom{}, reply.Forbidden()
	}
	r, err := s.store.RecordingFor(c.Request.Context(), id, callerOf(c))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return r, reply.Forbidden()
	case err != nil:
		return r, err
	case found[2] != extension(r.Recording), !r.Role.Privileged(), !r.Status.Saved(), s.expired(r.Recording, time.Now()):
		return r, reply.Forbidden()
	}
	return r, nil
}
