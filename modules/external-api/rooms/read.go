package rooms

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"foyer/sdk/module"
	"foyer/sdk/page"
	"foyer/sdk/reply"
)

// list answers GET rooms/: a numbered page, or what follows a cursor where the
// request has one, "" for the first.
func (h *Handlers) list(c *gin.Context, who module.Caller) error {
	if cursor, given := c.GetQuery("cursor"); given {
		return h.follow(c, who, cursor)
	}
	p, err := page.Of(c, false)
	if err != nil {
		return err
	}
	rooms, total, err := page.RowsOf(p, func(limit, offset int) ([]module.OwnedRoom, int, error) {
		found, err := h.service.List(c.Request.Context(), who, module.RoomQuery{Limit: limit, Offset: offset})
		return found.Rooms, found.Count, err
	})
	if err != nil {
		return err
	}
	return page.Envelope(c, p, total, h.show(rooms))
}

// stretch is what follows a cursor. Nothing is counted, and rooms that come or
// go meanwhile move no others.
type stretch struct {
	Next    *string  `json:"next"`
	Results []object `json:"results"`
}

func (h *Handlers) follow(c *gin.Context, who module.Caller, cursor string) error {
	size := page.DefaultSize
	if n, err := strconv.Atoi(c.Query("page_size")); err == nil && n > 0 {
		size = min(n, page.MaxSize)
	}
	found, err := h.service.List(c.Request.Context(), who, module.RoomQuery{Limit: size, After: cursor})
	if errors.Is(err, module.ErrInvalid) {
		return reply.Detail(http.StatusNotFound, "Invalid cursor")
	}
	if err != nil {
		return err
	}
	answer := stretch{Results: h.show(found.Rooms)}
	if found.Next != "" {
		link := page.Link(c, "cursor", found.Next)
		answer.Next = &link
	}
	reply.JSON(c, http.StatusOK, answer)
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
func (h *Handlers) retrieve(c *gin.Context, who module.Caller) error {
	room, err := h.find(c, who)
	if err != nil {
		return err
	}
	if unchanged(c.Request.Header, room) {
		c.Header("ETag", TagOf(room))
		c.Status(http.StatusNotModified)
		return nil
	}
	h.answer(c, room)
	return nil
}

// answer shows one room with its entity tag.
func (h *Handlers) answer(c *gin.Context, room module.OwnedRoom) {
	c.Header("ETag", TagOf(room))
	reply.JSON(c, http.StatusOK, h.service.o.Config.show(room))
}
