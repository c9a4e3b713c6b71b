package recordings

import (
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/page"
	"foyer/sdk/reply"
)

// Routes returns the routes of existing recordings. Roles are checked in the
// handlers, because they depend on the recording.
func (s *Service) Routes() []module.Route {
	const list, one = "/api/v1.0/recordings/", "/api/v1.0/recordings/:id/"
	routes := []module.Route{
		{Method: http.MethodGet, Path: list, Access: module.Session, Handler: http.HandlerFunc(s.list)},
		// A proxy calls it with the browser's headers, by a name that its network
		// knows.
		{Method: http.MethodGet, Path: list + "media-auth/", Access: module.Session, AnyType: true, AnyHost: true, Handler: http.HandlerFunc(s.mediaAuth)},
		{Method: http.MethodGet, Path: one, Access: module.Session, Handler: http.HandlerFunc(s.retrieve)},
		{Method: http.MethodDelete, Path: one, Access: module.Session, Handler: http.HandlerFunc(s.remove)},
	}
	if s.cfg.Media == config.MediaOff {
		return routes
	}
	file := "/media/" + s.cfg.OutputFolder + "/:file/"
	return append(routes,
		module.Route{Method: http.MethodGet, Path: file, Access: module.Session, Stream: true, Handler: http.HandlerFunc(s.file)},
		// HEAD has a route of its own: that of GET would read the whole file from
		// the storage.
		module.Route{Method: http.MethodHead, Path: file, Access: module.Session, Stream: true, Handler: http.HandlerFunc(s.file)})
}

// callerOf is the account of the request; the access rule admits only accounts.
func callerOf(r *http.Request) uuid.UUID { return module.CallerFrom(r.Context()).UserID }

func (s *Service) list(w http.ResponseWriter, r *http.Request) {
	if err := s.answerList(w, r); err != nil {
		reply.Fail(w, r, err)
	}
}

func (s *Service) answerList(w http.ResponseWriter, r *http.Request) error {
	p, err := page.Of(r, true)
	if err != nil {
		return err
	}
	rows, total, err := page.RowsOf(p, func(limit, offset int) ([]store.RecordingWithRoom, int, error) {
		return s.store.RecordingsOf(r.Context(), callerOf(r), limit, offset)
	})
	if err != nil {
		return err
	}
	now := time.Now()
	objects := make([]object, len(rows))
	for i, rec := range rows {
		objects[i] = s.objectOf(rec, now)
	}
	return page.Envelope(w, r, p, total, objects)
}

func (s *Service) retrieve(w http.ResponseWriter, r *http.Request) {
	rec, err := s.ruled(r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, s.objectOf(rec, time.Now()))
}

// remove deletes only the row: the stored file follows the bucket's own rules.
func (s *Service) remove(w http.ResponseWriter, r *http.Request) {
	rec, err := s.ruled(r)
	if err == nil {
		err = s.store.DeleteRecording(r.Context(), rec.Recording.ID, func(now store.Recording) error {
			if !now.Status.Final() {
				return reply.Forbidden()
			}
			return nil
		})
	}
	if err != nil {
		reply.Fail(w, r, answer(err))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// ruled finds the recording of the path for a caller who owns or administers it.
// A caller without access is not told that it exists.
func (s *Service) ruled(r *http.Request) (store.RecordingWithRoom, error) {
	id, ok := body.ParseUUID(r.PathValue("id"))
	if !ok {
		return store.RecordingWithRoom{}, reply.NotFound()
	}
	rec, err := s.store.RecordingFor(r.Context(), id, callerOf(r))
	switch {
	case err != nil:
		return rec, answer(err)
	case rec.Role == store.NoRole:
		return rec, reply.NoMatch("Recording")
	case !rec.Role.Privileged():
		return rec, reply.Forbidden()
	}
	return rec, nil
}

func answer(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return reply.NoMatch("Recording")
	}
	return err
}
