package participants

import (
	"net/http"
	"time"

	"foyer/sdk/reply"
)

// removal is one in force, as owners and administrators of the room see it.
type removal struct {
	Identity string    `json:"identity"`
	Name     string    `json:"name"` // "" unless they waited to be let in
	Since    time.Time `json:"removed_at"`
	Until    time.Time `json:"until"`
}

// listRemoved lists who is kept out, latest first.
func (s *Service) listRemoved(w http.ResponseWriter, r *http.Request) {
	list, err := s.removals(r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, map[string][]removal{"participants": list})
}

func (s *Service) removals(r *http.Request) ([]removal, error) {
	room, _, err := s.ruled(r)
	if err != nil {
		return nil, err
	}
	kept, err := s.refuser.Removals(r.Context(), room.ID)
	list := make([]removal, len(kept))
	for i, r := range kept {
		list[i] = removal{Identity: r.Identity, Name: r.Name, Since: r.Since, Until: r.Until}
	}
	return list, err
}

// readmit ends a removal early: the person may ask to enter again.
func (s *Service) readmit(w http.ResponseWriter, r *http.Request) error {
	room, identity, err := s.named(w, r)
	if err != nil {
		return err
	}
	lifted, err := s.refuser.Readmit(r.Context(), room.ID, identity)
	if err == nil && !lifted {
		err = reply.Message(http.StatusNotFound, "Participant not found")
	}
	return err
}
