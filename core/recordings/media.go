package recordings

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"foyer/core/module/reply"
	"foyer/core/store"
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

// permit checks in the contract's order; that a file is no longer kept is
// checked besides.
func (s *Service) permit(c *gin.Context) (http.Header, error) {
	id, ext, err := s.asked(c.GetHeader(originalURL))
	if err != nil {
		return nil, err
	}
	ctx := c.Request.Context()
	r, err := s.store.RecordingFor(ctx, id, callerOf(c))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, reply.Detail(http.StatusNotFound, "No recording found for this event.")
	case err != nil:
		return nil, err
	case ext != extension(r.Recording):
		return nil, reply.Detail(http.StatusNotFound, "No recording found with this extension.")
	case !r.Role.Privileged() || !r.Status.Saved() || s.expired(r.Recording, time.Now()):
		return nil, reply.Forbidden()
	}
	return s.files.SignGet(ctx, s.key(r.Recording))
}

// asked reads the file's id and extension from what the proxy tells.
func (s *Service) asked(header string) (id uuid.UUID, ext string, err error) {
	u, err := url.Parse(header)
	if err != nil {
		return id, "", reply.Forbidden()
	}
	found := s.media.FindStringSubmatch(u.EscapedPath())
	if found == nil {
		return id, "", reply.Forbidden()
	}
	if id, err = uuid.Parse(found[1]); err != nil {
		return id, "", reply.Forbidden()
	}
	if ext = found[2]; ext != videoExtension && ext != audioExtension {
		return id, "", reply.Detail(http.StatusBadRequest, "Unsupported extension.")
	}
	return id, ext, nil
}
