package recording

import (
	"errors"
	"net/http"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// start answers POST rooms/<room>/start-recording/.
func (m *Module) start(w http.ResponseWriter, r *http.Request) {
	room, err := m.service.answerStart(w, r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusCreated, map[string]string{"message": "Recording successfully started for room " + room.Slug})
}

// answerStart checks in the contract's order: the fields, the room, the role.
func (s *service) answerStart(w http.ResponseWriter, r *http.Request) (module.Room, error) {
	in, err := readRequest(w, r)
	if err != nil {
		return module.Room{}, err
	}
	room, err := s.ruled(r)
	if err != nil {
		return room, err
	}
	ctx := r.Context()
	switch err := s.start(ctx, room, module.CallerFrom(ctx).UserID, in); {
	case errors.Is(err, module.ErrConflict):
		return room, reply.Message(http.StatusConflict, "A recording is already in progress for room "+room.Slug)
	case errors.Is(err, errNotStarted):
		return room, reply.Message(http.StatusBadGateway, "Recording failed to start for room "+room.Slug).Because(err)
	default:
		return room, err
	}
}

// stop answers POST rooms/<room>/stop-recording/; the body is not read.
func (m *Module) stop(w http.ResponseWriter, r *http.Request) {
	room, err := m.service.answerStop(r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, map[string]string{"message": "Recording stopped for room " + room.Slug + "."})
}

func (s *service) answerStop(r *http.Request) (module.Room, error) {
	room, err := s.ruled(r)
	if err != nil {
		return room, err
	}
	switch err := s.stop(r.Context(), room); {
	case errors.Is(err, module.ErrNotFound):
		return room, reply.Detail(http.StatusNotFound, "No active recording found for this room.")
	case errors.Is(err, errNotStopped):
		return room, reply.Message(http.StatusInternalServerError, "Recording failed to stop for room "+room.Slug).Because(err)
	default:
		return room, err
	}
}

// ruled returns the room in the path if the caller owns or administers it.
func (s *service) ruled(r *http.Request) (module.Room, error) {
	ctx := r.Context()
	room, err := s.rooms.Find(ctx, r.PathValue("room"))
	if errors.Is(err, module.ErrNotFound) {
		return room, reply.NoMatch("Room")
	}
	if err != nil {
		return room, err
	}
	switch role, err := s.rooms.Role(ctx, room.ID, module.CallerFrom(ctx).UserID); {
	case err != nil:
		return room, err
	case role != "owner" && role != "administrator":
		return room, reply.NotPrivileged()
	}
	return room, nil
}
