package spaces

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"foyer/modules/external-api/idempotency"
	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// outputs are fields that the server fills in; requests may contain them, but they are
// ignored.
var outputs = []string{"activeConference", "gatewaySipAccess", "meetingCode", "meetingUri", "name", "phoneAccess"}

// readSpace reads the settings of a space from a request. The vendor's Node client posts
// the text "" when it has nothing to send.
func readSpace(w http.ResponseWriter, r *http.Request) (values, error) {
	raw, err := body.Peek(w, r, body.DefaultLimit)
	if err != nil {
		return nil, err
	}
	if string(bytes.TrimSpace(raw)) == `""` {
		return values{}, nil
	}
	o, err := body.Read(w, r, body.DefaultLimit)
	if err != nil {
		return nil, err
	}
	given := values{}
	for _, key := range o.Names() {
		switch name := camel(key); {
		case slices.Contains(outputs, name):
		case name != "config":
			return nil, invalid(key, "is unknown")
		default:
			if err := readValues(name, o.Raw(key), given); err != nil {
				return nil, err
			}
		}
	}
	return given, nil
}

// create answers spaces.create, once per Idempotency-Key.
func (h *Handlers) create(w http.ResponseWriter, r *http.Request, who module.Caller) error {
	answer, err := h.o.Keys.Once(w, r, "spaces:"+who.Application.Source.String()+":"+who.UserID.String(),
		func(ctx context.Context) (idempotency.Answer, error) { return h.created(ctx, w, r, who) })
	if err != nil {
		return err
	}
	answer.Write(w, r)
	return nil
}

func (h *Handlers) created(ctx context.Context, w http.ResponseWriter, r *http.Request, who module.Caller) (idempotency.Answer, error) {
	given, err := readSpace(w, r)
	if err != nil {
		return idempotency.Answer{}, err
	}
	start := defaults(h.o.Config.DefaultAccessLevel)
	want := merge(start, given, nil, nil)
	settled, err := configuration{}.apply(start, want)
	if err != nil {
		return idempotency.Answer{}, err
	}
	room, err := h.o.Service.Create(ctx, who, levelOf(want[accessType]), settled)
	if err != nil {
		return idempotency.Answer{}, err
	}
	shown, err := h.show(r, room)
	if err != nil {
		return idempotency.Answer{}, err
	}
	text, err := reply.Encode(shown)
	return idempotency.Answer{Status: http.StatusOK, Body: text}, err
}

// get answers spaces.get. If the running meeting cannot be looked up, the rest is still
// answered.
func (h *Handlers) get(w http.ResponseWriter, r *http.Request, who module.Caller) error {
	ctx := r.Context()
	room, err := h.find(ctx, who, r.PathValue("space"))
	if err != nil {
		return err
	}
	shown, err := h.show(r, room)
	if err != nil {
		return err
	}
	if shown.ActiveConference, err = h.meeting(ctx, room); err != nil {
		h.o.Log.WarnContext(ctx, "it cannot be told whether a meeting runs", "room", room.ID, "error", err)
	}
	reply.JSON(w, r, http.StatusOK, shown)
	return nil
}

// patch answers spaces.patch. It reads, changes and writes the settings, and starts over
// if somebody else wrote the room in the meantime.
func (h *Handlers) patch(w http.ResponseWriter, r *http.Request, who module.Caller) error {
	given, err := readSpace(w, r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	fields := q.Get("update_mask")
	if q.Has("updateMask") {
		fields = q.Get("updateMask")
	}
	mask, err := selected(fields)
	if err != nil {
		return err
	}
	const tries = 3
	var room module.OwnedRoom
	for range tries {
		if room, err = h.change(r.Context(), who, r.PathValue("space"), given, mask); !errors.Is(err, module.ErrChanged) {
			break
		}
	}
	if err != nil {
		return err
	}
	shown, err := h.show(r, room)
	if err != nil {
		return err
	}
	reply.JSON(w, r, http.StatusOK, shown)
	return nil
}

func (h *Handlers) change(ctx context.Context, who module.Caller, name string, given values, mask []string) (module.OwnedRoom, error) {
	room, err := h.find(ctx, who, name)
	if err != nil {
		return room, err
	}
	now, err := valuesOf(room.Room)
	if err != nil {
		return room, err
	}
	change, err := changeTo(room.Room, now, merge(now, given, defaults(h.o.Config.DefaultAccessLevel), mask))
	if err != nil {
		return room, err
	}
	change.IfUpdatedAt = &room.UpdatedAt
	return h.o.Service.Update(ctx, who, room, change)
}

// custom answers spaces.endActiveConference, the only custom method.
func (h *Handlers) custom(w http.ResponseWriter, r *http.Request, who module.Caller) error {
	name, isEnd := strings.CutSuffix(r.PathValue("space"), endMethod)
	if !isEnd {
		return missing()
	}
	ctx := r.Context()
	room, err := h.find(ctx, who, name)
	if err != nil {
		return err
	}
	running, err := h.meeting(ctx, room)
	if err != nil {
		return reply.Unavailable(liveTime, err)
	}
	if running == nil {
		return reply.RPCStatus(http.StatusBadRequest, "FAILED_PRECONDITION", "There is no active conference in this space.")
	}
	if err := h.o.Service.EndMeeting(ctx, who, room); err != nil {
		return err
	}
	reply.JSON(w, r, http.StatusOK, struct{}{})
	return nil
}
