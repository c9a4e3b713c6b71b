package reply_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// failed is what a client gets for an error.
func failed(t *testing.T, err error) (w *httptest.ResponseRecorder, notes []error) {
	t.Helper()
	w = httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/", nil)
	reply.Fail(w, r.WithContext(reply.Collect(r.Context(), &notes)), err)
	require.Equal(t, "application/json", w.Header().Get("Content-Type"))
	require.Len(t, notes, 1)
	return w, notes
}

func TestFail_shows_the_contracts_bodies_and_headers(t *testing.T) {
	for want, x := range map[string]struct {
		err    error
		status int
		header [2]string
	}{
		`{"detail":"Not found."}`:                                               {reply.NotFound(), 404, [2]string{}},
		`{"detail":"No Room matches the given query."}`:                         {reply.NoMatch("Room"), 404, [2]string{}},
		`{"detail":"Authentication credentials were not provided."}`:            {reply.Unauthenticated(), 401, [2]string{"WWW-Authenticate", "Session"}},
		`{"detail":"You do not have permission to perform this action."}`:       {reply.Forbidden(), 403, [2]string{}},
		`{"detail":"You must have privileges on room to perform this action."}`: {reply.NotPrivileged(), 403, [2]string{}},
		`{"error":"Participant not found"}`:                                     {reply.Message(404, "Participant not found"), 404, [2]string{}},
		`{"name":["Zoë & <Ada>"]}`:                                              {reply.InvalidField("name", "Zoë & <Ada>"), 400, [2]string{}},
		`{"detail":"Request was throttled. Expected available in 1 second."}`:   {reply.Throttled(300 * time.Millisecond), 429, [2]string{"Retry-After", "1"}},
		`{"detail":"Request was throttled. Expected available in 60 seconds."}`: {reply.Throttled(59*time.Second + 1), 429, [2]string{"Retry-After", "60"}},
		`{"detail":"Service temporarily unavailable, try again later."}`:        {reply.Unavailable(0, errors.New("down")), 503, [2]string{"Retry-After", "1"}},
		`{"detail":"Server error."}`:                                            {errors.New("password=hunter2"), 500, [2]string{}},
		`{"error":"Failed."}`:                                                   {reply.Message(500, "Failed.").Because(fmt.Errorf("store: %w", module.ErrUnavailable)), 503, [2]string{"Retry-After", "2"}},
		`{"error":"No."}`:                                                       {reply.Message(400, "No.").Because(module.ErrUnavailable), 400, [2]string{}},
		`{"detail":"wrapped"}`:                                                  {fmt.Errorf("while trying: %w", reply.Detail(418, "wrapped")), 418, [2]string{}},
	} {
		w, _ := failed(t, x.err)
		require.Equal(t, want, w.Body.String())
		require.Equal(t, x.status, w.Code, want)
		if x.header[0] != "" {
			require.Equal(t, x.header[1], w.Header().Get(x.header[0]), want)
		}
	}
	w, _ := failed(t, reply.NoCredentials())
	require.Equal(t, 403, w.Code)
	require.Empty(t, w.Header().Get("WWW-Authenticate"))
}

func TestFail_of_what_is_unavailable_says_when_to_come_back(t *testing.T) {
	w, notes := failed(t, fmt.Errorf("read the room: %w: password=hunter2", module.ErrUnavailable))
	require.Equal(t, 503, w.Code)
	require.Equal(t, "2", w.Header().Get("Retry-After"))
	require.Equal(t, `{"detail":"Service temporarily unavailable, try again later."}`, w.Body.String())
	require.ErrorIs(t, notes[0], module.ErrUnavailable)
}

func TestFail_keeps_the_cause_for_the_log_only(t *testing.T) {
	cause := errors.New("the database says hunter2")
	w, notes := failed(t, reply.Detail(400, "No.").Because(cause))
	require.NotContains(t, w.Body.String(), "hunter2")
	require.ErrorIs(t, notes[0], cause)
}

func TestFail_of_what_cannot_be_shown_is_still_an_answer(t *testing.T) {
	w, _ := failed(t, &reply.Error{Status: 400, Body: func() {}})
	require.Equal(t, 500, w.Code)
	require.Equal(t, `{"detail":"Server error."}`, w.Body.String())
}
