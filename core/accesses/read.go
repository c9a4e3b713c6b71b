package accesses

import (
	"net/http"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/page"
	"foyer/sdk/reply"
)

// callerOf is the account of the request; the access rule admits only accounts.
func callerOf(r *http.Request) uuid.UUID { return module.CallerFrom(r.Context()).UserID }

func (s *Service) list(w http.ResponseWriter, r *http.Request) {
	if err := s.answerList(w, r); err != nil {
		reply.Fail(w, r, err)
	}
}

func (s *Service) answerList(w http.ResponseWriter, r *http.Request) error {
	p, err := page.Of(r, false)
	if err != nil {
		return err
	}
	list, total, err := page.RowsOf(p, func(limit, offset int) ([]store.Access, int, error) {
		return s.store.AccessesRuledBy(r.Context(), callerOf(r), limit, offset)
	})
	if err != nil {
		return err
	}
	objects := make([]object, len(list))
	for i, a := range list {
		objects[i] = objectOf(a)
	}
	return page.Envelope(w, r, p, total, objects)
}

func (s *Service) retrieve(w http.ResponseWriter, r *http.Request) {
	a, err := s.ruled(r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, objectOf(a.Access))
}

// ruled finds the access of the path for a caller who owns or administers its
// room.
func (s *Service) ruled(r *http.Request) (store.AccessWithRole, error) {
	id, ok := body.ParseUUID(r.PathValue("id"))
	if !ok {
		return store.AccessWithRole{}, reply.NotFound()
	}
	a, err := s.store.AccessByID(r.Context(), id, callerOf(r))
	if err != nil {
		return a, shown(err)
	}
	if !a.ViewerRole.Privileged() {
		return a, reply.Forbidden()
	}
	return a, nil
}
