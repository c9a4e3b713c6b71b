package rooms

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"foyer/modules/external-api/idempotency"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// create answers POST rooms/, once per Idempotency-Key.
func (h *Handlers) create(c *gin.Context, who module.Caller) error {
	answer, err := h.keys.Once(c, "rooms:"+who.Application.Source.String()+":"+who.UserID.String(),
		func(ctx context.Context) (idempotency.Answer, error) { return h.created(ctx, c, who) })
	if err != nil {
		return err
	}
	answer.Write(c)
	return nil
}

func (h *Handlers) created(ctx context.Context, c *gin.Context, who module.Caller) (idempotency.Answer, error) {
	level, configuration, err := readNew(c)
	if err != nil {
		return idempotency.Answer{}, err
	}
	room, err := h.service.Create(ctx, who, level, configuration)
	if err != nil {
		return idempotency.Answer{}, err
	}
	shown := h.service.o.Config.show(room)
	text, err := reply.Encode(shown)
	if err != nil {
		return idempotency.Answer{}, err
	}
	header := map[string]string{"ETag": TagOf(room)}
	if shown.URL != "" {
		header["Location"] = shown.URL
	}
	return idempotency.Answer{Status: http.StatusCreated, Header: header, Body: text}, nil
}

func (h *Handlers) replace(c *gin.Context, who module.Caller) error { return h.update(c, who, false) }

func (h *Handlers) patch(c *gin.Context, who module.Caller) error { return h.update(c, who, true) }

// update answers PUT and PATCH rooms/<uuid>/: what the caller may not see or
// change, faults of the body, and only then the state it asks for.
func (h *Handlers) update(c *gin.Context, who module.Caller, partial bool) error {
	room, err := h.find(c, who)
	if err != nil {
		return err
	}
	if err := mayChange(room); err != nil {
		return err
	}
	change, err := readChange(c, partial)
	if err != nil {
		return err
	}
	if change.IfUpdatedAt, err = guarded(c.Request.Header, room); err != nil {
		return err
	}
	if room, err = h.service.Update(c.Request.Context(), who, room, change); err != nil {
		return err
	}
	h.answer(c, room)
	return nil
}

// remove answers DELETE rooms/<uuid>/.
func (h *Handlers) remove(c *gin.Context, who module.Caller) error {
	room, err := h.find(c, who)
	if err != nil {
		return err
	}
	if err := h.service.MayDelete(who, room); err != nil {
		return err
	}
	at, err := guarded(c.Request.Header, room)
	if err != nil {
		return err
	}
	if err := h.service.Delete(c.Request.Context(), who, room, at); err != nil {
		return err
	}
	c.Status(http.StatusNoContent)
	return nil
}
