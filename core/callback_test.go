package core_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

const (
	callbackPath = "/api/v1.0/rooms/creation-callback/"
	nothingMade  = `{"status":"success","room":{}}`
)

func TestCallback_tells_the_room_once(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine)
		ada, guest := h.signIn("ada"), h.anonymous()
		ada.create(object{"name": "For a guest", "callback_id": "id-of-the-page"})
		ada.create(object{"name": "For Ada", "callback_id": 42})
		ada.create(object{"name": "For nobody", "callback_id": ""})
		for _, x := range []struct {
			who  *browser
			id   any
			room string
		}{{guest, "id-of-the-page", `{"slug":"for-a-guest"}`}, {ada, "42", `{"slug":"for-ada"}`}} {
			x.who.send(http.MethodPost, callbackPath, object{"callback_id": x.id}).is(200, `{"status":"success","room":`+x.room+`}`)
			x.who.send(http.MethodPost, callbackPath, object{"callback_id": x.id}).is(200, nothingMade)
		}
		guest.send(http.MethodPost, callbackPath, object{"callback_id": "unknown"}).is(200, nothingMade)
		guest.send(http.MethodPost, callbackPath, object{"callback_id": 7}).is(200, nothingMade)
		ada.send(http.MethodPost, callbackPath, object{"callback_id": "42"}, "X-CSRFToken", "").
			is(403, `{"detail":"CSRF Failed: CSRF token missing."}`)
		guest.send(http.MethodGet, callbackPath, nil).is(405, `{"detail":"Method \"GET\" not allowed."}`)
		for body, message := range map[string]string{
			`{}`: "This field is required.", `{"callback_id":null}`: "This field may not be null.",
			`{"callback_id":"  "}`: "This field may not be blank.", `{"callback_id":true}`: "Not a valid string.",
			`{"callback_id":"a\u0000"}`: "Null characters are not allowed.",
		} {
			guest.send(http.MethodPost, callbackPath, body).is(400, `{"callback_id":["`+message+`"]}`)
		}
	})
}

func TestCallback_is_told_to_one_of_those_who_ask_at_once(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine)
		h.signIn("ada").create(object{"name": "Once", "callback_id": "contested"})
		answers := make([]answer, 12)
		var all sync.WaitGroup
		guest := h.anonymous()
		for i := range answers {
			all.Go(func() { answers[i] = guest.send(http.MethodPost, callbackPath, object{"callback_id": "contested"}) })
		}
		all.Wait()
		told := 0
		for _, a := range answers {
			require.Equal(t, 200, a.status)
			if a.body != nothingMade {
				require.Equal(t, `{"status":"success","room":{"slug":"once"}}`, a.body)
				told++
			}
		}
		require.Equal(t, 1, told)
	})
}

func TestCallback_is_forgotten_after_a_while(t *testing.T) {
	onBoth(t, func(t *testing.T, engine setting) {
		h := open(t, engine, func(_ *testing.T, c *config.Config) { c.Rooms.CallbackTTL = time.Millisecond })
		h.signIn("ada").create(object{"name": "Once", "callback_id": "late"})
		time.Sleep(10 * time.Millisecond)
		h.anonymous().send(http.MethodPost, callbackPath, object{"callback_id": "late"}).is(200, nothingMade)
	})
}

func TestCallback_throttles_guests_only(t *testing.T) {
	h := open(t, engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Throttles.CreationCallback = "2/day" })
	ada, guest := h.signIn("ada"), h.anonymous()
	for range 5 {
		ada.send(http.MethodPost, callbackPath, object{"callback_id": "x"}).is(200, nothingMade)
	}
	guest.send(http.MethodPost, callbackPath, object{}).is(400, `{"callback_id":["This field is required."]}`) // counts too
	guest.send(http.MethodPost, callbackPath, object{"callback_id": "x"}).is(200, nothingMade)
	a := h.anonymous().send(http.MethodPost, callbackPath, "not JSON")
	require.Equal(t, 429, a.status, a.body)
	require.NotEmpty(t, a.header.Get("Retry-After"))
	ada.send(http.MethodPost, callbackPath, object{"callback_id": "x"}).is(200, nothingMade)
}
