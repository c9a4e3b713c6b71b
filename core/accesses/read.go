package accesses

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/page"
	"foyer/sdk/reply"
)

// callerOf is the account of the request; the access rule lets nobody else in.
func callerOf(c *gin.Context) uuid.UUID { return module.CallerFrom(c.Request.Context()).UserID }

func (s *Service) list(c *gin.Context) {
	if err := s.answerList(c); err != nil {
		reply.Fail(c, err)
	}
}

func (s *Service) answerList(c *gin.Context) error {
	p, err := page.Of(c, false)
	if err != nil {
		return err
	}
	list, total, err := page.RowsOf(p, func(limit, offset int) ([]store.Access, int, error) {
		return s.store.AccessesRuledBy(c.Request.Context(), callerOf(c), limit, offset)
	})
	if err != nil {
		return err
	}
	objects := make([]object, len(list))
	for i, a := range list {
		objects[i] = objectOf(a)
	}
	return page.Envelope(c, p, total, objects)
}

func (s *Service) retrieve(c *gin.Context) {
	a, err := s.ruled(c)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	reply.JSON(c, http.StatusOK, objectOf(a.Access))
}

// ruled finds the access of the path for a caller who rules its room.
func (s *Service) ruled(c *gin.Context) (store.AccessWithRole, error) {
	id, ok := body.ParseUUID(c.Param("id"))
	if !ok {
		return store.AccessWithRole{}, reply.NotFound()
	}
	a, err := s.store.AccessByID(c.Request.Context(), id, callerOf(c))
	if err != nil {
		return a, shown(err)
	}
	if !a.ViewerRole.Privileged() {
		return a, reply.Forbidden()
	}
	return a, nil
}
