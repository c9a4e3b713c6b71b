package rooms

import (
	"errors"
	"net/http"
	"strconv"

	"foyer/sdk/module"
	"foyer/sdk/page"
	"foyer/sdk/reply"
)

// list answers GET rooms/ with a numbered page or, if the request has a cursor, with
// what follows it; the cursor "" starts at the beginning.
func (h *Handlers) list(w http.ResponseWriter, r *http.Request, who module.Caller) error {
	if q := r.URL.Query(); q.Has("cursor") {
		return h.follow(w, r, who, q.Get("cursor"))
	}
	p, err := page.Of(r, false)
	if err != nil {
		return err
	}
	rooms, total, err := page.RowsOf(p, func(limit, offset int) ([]module.OwnedRoom, int, error) {
		found, err := h.service.List(r.Context(), who, module.RoomQuery{Limit: limit, Offset: offset})
		return found.Rooms, found.Count, err
	})
	if err != nil {
		return err
	}
	return page.Envelope(w, r, p, total, h.show(rooms))
}

// stretch is what follows a cursor. Nothing is counted, and rooms that come or go in the
// meantime do not shift the others.
type stretch struct {
	Next    *string  `json:"next"`
	Results []object `json:"results"`
}

func (h *Handlers) follow(w http.ResponseWriter, r *http.Request, who module.Caller, cursor string) error {
	size := page.DefaultSize
	if n, err := strconv.Atoi(r.URL.Query().Get("page_size")); err == nil && n > 0 {
		size = min(n, page.MaxSize)
	}
	found, err := h.service.List(r.Context(), who, module.RoomQuery{Limit: size, After: cursor})
	if errors.Is(err, module.ErrInvalid) {
		return reply.Detail(http.StatusNotFound, "Invalid cursor")
	}
	if err != nil {
		return err
	}
	answer := stretch{Results: h.show(found.Rooms)}
	if found.Next != "" {
		link := page.Link(r, "cursor", found.Next)
		answer.Next = &link
	}
	reply.JSON(w, r, http.StatusOK, answer)
	return nil
}

func (h *Handlers) show(rooms []module.OwnedRoom) []object {
	shown := make([]object, len(rooms))
	for i, r := range rooms {
		shown[i] = h.service.o.Config.show(r)
	}
	return shown
}

// retrieve answers GET rooms/<uuid>/.
func (h *Handlers) retrieve(w http.ResponseWriter, r *http.Request, who module.Caller) error {
	room, err := h.find(r, who)
	if err != nil {
		return err
	}
	if unchanged(r.Header, room) {
		w.Header().Set("ETag", TagOf(room))
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.answer(w, r, room)
	return nil
}

// answer sends one room with its entity tag.
func (h *Handlers) answer(w http.ResponseWriter, r *http.Request, room module.OwnedRoom) {
	w.Header().Set("ETag", TagOf(room))
	reply.JSON(w, r, http.StatusOK, h.service.o.Config.show(room))
}
