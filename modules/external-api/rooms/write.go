package rooms

import (
	"context"
	"net/http"

	"foyer/modules/external-api/idempotency"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// create answers POST rooms/, once per Idempotency-Key.
func (h *Handlers) create(w http.ResponseWriter, r *http.Request, who module.Caller) error {
	answer, err := h.keys.Once(w, r, "rooms:"+who.Application.Source.String()+":"+who.UserID.String(),
		func(ctx context.Context) (idempotency.Answer, error) { return h.created(ctx, w, r, who) })
	if err != nil {
		return err
	}
	answer.Write(w, r)
	return nil
}

func (h *Handlers) created(ctx context.Context, w http.ResponseWriter, r *http.Request, who module.Caller) (idempotency.Answer, error) {
	level, configuration, err := readNew(w, r)
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

func (h *Handlers) replace(w http.ResponseWriter, r *http.Request, who module.Caller) error {
	return h.update(w, r, who, false)
}

func (h *Handlers) patch(w http.ResponseWriter, r *http.Request, who module.Caller) error {
	return h.update(w, r, who, true)
}

// update answers PUT and PATCH rooms/<uuid>/. It checks the caller's rights first, then
// the body, and only then the state required by If-Match.
func (h *Handlers) update(w http.ResponseWriter, r *http.Request, who module.Caller, partial bool) error {
	room, err := h.find(r, who)
	if err != nil {
		return err
	}
	if err := mayChange(room); err != nil {
		return err
	}
	change, err := readChange(w, r, partial)
	if err != nil {
		return err
	}
	if change.IfUpdatedAt, err = guarded(r.Header, room); err != nil {
		return err
	}
	if room, err = h.service.Update(r.Context(), who, room, change); err != nil {
		return err
	}
	h.answer(w, r, room)
	return nil
}

// remove answers DELETE rooms/<uuid>/.
func (h *Handlers) remove(w http.ResponseWriter, r *http.Request, who module.Caller) error {
	room, err := h.find(r, who)
	if err != nil {
		return err
	}
	if err := h.service.MayDelete(who, room); err != nil {
		return err
	}
	at, err := guarded(r.Header, room)
	if err != nil {
		return err
	}
	if err := h.service.Delete(r.Context(), who, room, at); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
