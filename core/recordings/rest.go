package recordings

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/page"
	"foyer/sdk/reply"
)

// Routes are the routes of recordings that are there. Roles are checked in the
// handlers: they depend on the recording.
func (s *Service) Routes() []module.Route {
	const list, one = "/api/v1.0/recordings/", "/api/v1.0/recordings/:id/"
	routes := []module.Route{
		{Method: http.MethodGet, Path: list, Access: module.Session, Handler: s.list},
		// A proxy asks it with the browser's headers, by a name that its network knows.
		{Method: http.MethodGet, Path: list + "media-auth/", Access: module.Session, AnyType: true, AnyHost: true, Handler: s.mediaAuth},
		{Method: http.MethodGet, Path: one, Access: module.Session, Handler: s.retrieve},
		{Method: http.MethodDelete, Path: one, Access: module.Session, Handler: s.remove},
	}
	if s.cfg.Media == config.MediaOff {
		return routes
	}
	file := "/media/" + s.cfg.OutputFolder + "/:file/"
	return append(routes,
		module.Route{Method: http.MethodGet, Path: file, Access: module.Session, Stream: true, Handler: s.file},
		// A route of its own: that of GET would read the whole file from the storage.
		module.Route{Method: http.MethodHead, Path: file, Access: module.Session, Stream: true, Handler: s.file})
}

// callerOf is the account of the request; the access rule lets nobody else in.
func callerOf(c *gin.Context) uuid.UUID { return module.CallerFrom(c.Request.Context()).UserID }

func (s *Service) list(c *gin.Context) {
	if err := s.answerList(c); err != nil {
		reply.Fail(c, err)
	}
}

func (s *Service) answerList(c *gin.Context) error {
	p, err := page.Of(c, true)
	if err != nil {
		return err
	}
	rows, total, err := page.RowsOf(p, func(limit, offset int) ([]store.RecordingWithRoom, int, error) {
		return s.store.RecordingsOf(c.Request.Context(), callerOf(c), limit, offset)
	})
	if err != nil {
		return err
	}
	now := time.Now()
	objects := make([]object, len(rows))
	for i, r := range rows {
		objects[i] = s.objectOf(r, now)
	}
	return page.Envelope(c, p, total, objects)
}

func (s *Service) retrieve(c *gin.Context) {
	r, err := s.ruled(c)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	reply.JSON(c, http.StatusOK, s.objectOf(r, time.Now()))
}

// remove takes the row only: the stored file follows the bucket's own rules.
func (s *Service) remove(c *gin.Context) {
	r, err := s.ruled(c)
	if err == nil {
		err = s.store.DeleteRecording(c.Request.Context(), r.Recording.ID, func(now store.Recording) error {
			if !now.Status.Final() {
				return reply.Forbidden()
			}
			return nil
		})
	}
	if err != nil {
		reply.Fail(c, answer(err))
		return
	}
	c.Status(http.StatusNoContent)
}

// ruled finds the recording of the path for a caller who owns or administers
// it. Who has no access to it is not told that it is there.
func (s *Service) ruled(c *gin.Context) (store.RecordingWithRoom, error) {
	id, ok := body.ParseUUID(c.Param("id"))
	if !ok {
		return store.RecordingWithRoom{}, reply.NotFound()
	}
	r, err := s.store.RecordingFor(c.Request.Context(), id, callerOf(c))
	switch {
	case err != nil:
		return r, answer(err)
	case r.Role == store.NoRole:
		return r, reply.NoMatch("Recording")
	case !r.Role.Privileged():
		return r, reply.Forbidden()
	}
	return r, nil
}

func answer(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return reply.NoMatch("Recording")
	}
	return err
}
