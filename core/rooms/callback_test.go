package rooms_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
)

const (
	nothingMade = `{"status":"success","room":{}}`
)

func TestCallback_tells_the_room_once(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine)
		ada, guest := h.SignIn("ada"), h.Anonymous()
		ada.Create(coretest.Object{"name": "For a guest", "callback_id": "id-of-the-page"})
		ada.Create(coretest.Object{"name": "For Ada", "callback_id": 42})
		ada.Create(coretest.Object{"name": "For nobody", "callback_id": ""})
		for _, x := range []struct {
			who  *coretest.Browser
			id   any
			room string
		}{{guest, "id-of-the-page", `{"slug":"for-a-guest"}`}, {ada, "42", `{"slug":"for-ada"}`}} {
			x.who.Send(http.MethodPost, coretest.CallbackPath, coretest.Object{"callback_id": x.id}).Is(200, `{"status":"success","room":`+x.room+`}`)
			x.who.Send(http.MethodPost, coretest.CallbackPath, coretest.Object{"callback_id": x.id}).Is(200, nothingMade)
		}
		guest.Send(http.MethodPost, coretest.CallbackPath, coretest.Object{"callback_id": "unknown"}).Is(200, nothingMade)
		guest.Send(http.MethodPost, coretest.CallbackPath, coretest.Object{"callback_id": 7}).Is(200, nothingMade)
		ada.Send(http.MethodPost, coretest.CallbackPath, coretest.Object{"callback_id": "42"}, "X-CSRFToken", "").
			Is(403, `{"detail":"CSRF Failed: CSRF token missing."}`)
		guest.Send(http.MethodGet, coretest.CallbackPath, nil).Is(405, `{"detail":"Method \"GET\" not allowed."}`)
		for body, message := range map[string]string{
			`{}`: "This field is required.", `{"callback_id":null}`: "This field may not be null.",
			`{"callback_id":"  "}`: "This field may not be blank.", `{"callback_id":true}`: "Not a valid string.",
			`{"callback_id":"a\u0000"}`: "Null characters are not allowed.",
		} {
			guest.Send(http.MethodPost, coretest.CallbackPath, body).Is(400, `{"callback_id":["`+message+`"]}`)
		}
	})
}

func TestCallback_is_told_to_one_of_those_who_ask_at_once(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine)
		h.SignIn("ada").Create(coretest.Object{"name": "Once", "callback_id": "contested"})
		answers := make([]coretest.Answer, 12)
		var all sync.WaitGroup
		guest := h.Anonymous()
		for i := range answers {
			all.Go(func() {
				answers[i] = guest.Send(http.MethodPost, coretest.CallbackPath, coretest.Object{"callback_id": "contested"})
			})
		}
		all.Wait()
		told := 0
		for _, a := range answers {
			require.Equal(t, 200, a.Status)
			if a.Body != nothingMade {
				require.Equal(t, `{"status":"success","room":{"slug":"once"}}`, a.Body)
				told++
			}
		}
		require.Equal(t, 1, told)
	})
}

func TestCallback_is_forgotten_after_a_while(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine, func(_ *testing.T, c *config.Config) { c.Rooms.CallbackTTL = time.Millisecond })
		h.SignIn("ada").Create(coretest.Object{"name": "Once", "callback_id": "late"})
		time.Sleep(10 * time.Millisecond)
		h.Anonymous().Send(http.MethodPost, coretest.CallbackPath, coretest.Object{"callback_id": "late"}).Is(200, nothingMade)
	})
}

func TestCallback_throttles_guests_only(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"], func(_ *testing.T, c *config.Config) { c.Throttles.CreationCallback = "2/day" })
	ada, guest := h.SignIn("ada"), h.Anonymous()
	for range 5 {
		ada.Send(http.MethodPost, coretest.CallbackPath, coretest.Object{"callback_id": "x"}).Is(200, nothingMade)
	}
	guest.Send(http.MethodPost, coretest.CallbackPath, coretest.Object{}).Is(400, `{"callback_id":["This field is required."]}`) // counts too
	guest.Send(http.MethodPost, coretest.CallbackPath, coretest.Object{"callback_id": "x"}).Is(200, nothingMade)
	a := h.Anonymous().Send(http.MethodPost, coretest.CallbackPath, "not JSON")
	require.Equal(t, 429, a.Status, a.Body)
	require.NotEmpty(t, a.Header.Get("Retry-After"))
	ada.Send(http.MethodPost, coretest.CallbackPath, coretest.Object{"callback_id": "x"}).Is(200, nothingMade)
}
