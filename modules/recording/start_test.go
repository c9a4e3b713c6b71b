package recording_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/moduletest"
	"foyer/core/store"
	"foyer/internal/dev/egressdev"
	"foyer/sdk/module"
)

const notPrivileged = `{"detail":"You must have privileges on room to perform this action."}`

// send posts to any room's action as the given user.
func (w *world) send(u store.User, room, action, body string) moduletest.Answer {
	w.Helper()
	return w.gw.Send(w, moduletest.Request{
		Method: http.MethodPost, Path: "/api/v1.0/rooms/" + room + "/" + action + "/", Body: body,
		Header: http.Header{"Content-Type": {"application/json"}}, Caller: &module.Caller{UserID: u.ID},
	})
}

// count counts the recordings on which the user has any role.
func (w *world) count(u store.User) int {
	w.Helper()
	_, n, err := w.st.RecordingsOf(w.Context(), u.ID, 1, 0)
	require.NoError(w, err)
	return n
}

func is(t *testing.T, a moduletest.Answer, status int, body string) {
	t.Helper()
	require.Equal(t, body, a.Body)
	require.Equal(t, status, a.Status)
}

func TestStart_answers_the_first_fault_in_the_contracts_order(t *testing.T) {
	w := open(t, setup{config: "modes: [screen_recording]\n"})
	const bad = `{"detail":"Invalid request."}`
	for _, body := range []string{
		``, `{}`, `{"mode":null}`, `{"mode":"video"}`, `{"mode":"SCREEN_RECORDING"}`, `{"mode":5}`,
		`{"mode":"transcript","options":[]}`, `{"mode":"transcript","options":"x"}`, `{"mode":"transcript","options":5}`,
		`{"mode":"transcript","options":{"unknown":1}}`, `{"mode":"transcript","options":{"transcribe":"foo"}}`,
		`{"mode":"transcript","options":{"transcribe":12}}`, `{"mode":"transcript","options":{"collect_metadata":"perhaps"}}`,
		`{"mode":"transcript","options":{"original_mode":"SCREEN_RECORDING"}}`, `{"mode":"transcript","options":{"original_mode":123}}`,
		`{"mode":"transcript","options":{"language":true}}`, `{"mode":"transcript","options":{"metadata_collector_dispatch_id":"x"}}`,
	} {
		is(t, w.send(w.grace, "nowhere", "start-recording", body), http.StatusBadRequest, bad)
	}
	malformed := w.send(w.grace, "nowhere", "start-recording", `{"mode":`)
	require.Equal(t, http.StatusBadRequest, malformed.Status)
	require.Contains(t, malformed.Body, "JSON parse error")

	is(t, w.send(w.grace, "nowhere", "start-recording", startVideo), http.StatusNotFound, `{"detail":"No Room matches the given query."}`)
	is(t, w.call(w.grace, "start-recording", startVideo), http.StatusForbidden, notPrivileged)
	is(t, w.call(w.ada, "start-recording", startVideo), http.StatusBadGateway,
		`{"error":"Recording failed to start for room weekly-call"}`) // nobody is in the room
	is(t, w.call(w.ada, "start-recording", `{"mode":"transcript"}`), http.StatusInternalServerError, `{"detail":"Server error."}`)
	require.Equal(t, 1, w.count(w.ada))

	w.join()
	w.start(startVideo)
	const busy = `{"error":"A recording is already in progress for room weekly-call"}`
	is(t, w.call(w.ada, "start-recording", startVideo), http.StatusConflict, busy)
	is(t, w.call(w.ada, "start-recording", `{"mode":"transcript"}`), http.StatusConflict, busy)
	require.Equal(t, 2, w.count(w.ada), "a conflict leaves neither row nor access")
}

func TestStart_is_for_owners_and_administrators(t *testing.T) {
	w := open(t, setup{})
	w.join()
	for role, status := range map[store.Role]int{store.Member: http.StatusForbidden, store.Administrator: http.StatusCreated} {
		u := w.account(string(role), "en-us", "UTC")
		_, err := w.st.AddAccess(t.Context(), store.Access{UserID: u.ID, RoomID: w.room.ID, Role: role}, w.ada.ID, func(store.Role) error { return nil })
		require.NoError(t, err)
		require.Equal(t, status, w.call(u, "start-recording", startVideo).Status, role)
	}
	r, err := w.st.RecordingUnderWay(t.Context(), w.room.ID)
	require.NoError(t, err)
	owners, err := w.st.RecordingOwners(t.Context(), r.ID)
	require.NoError(t, err)
	require.Len(t, owners, 1)
	require.Equal(t, "administrator", *owners[0].Sub, "whoever started it owns it")
}

func TestStart_stores_options_normalised(t *testing.T) {
	w := open(t, setup{ending: egressdev.Limit})
	w.join()
	for options, want := range map[string]string{
		`null`: `{}`, `{}`: `{}`, `""`: `{}`, `"null"`: `{}`, `"{\"language\":\"fr\"}"`: `{"language":"fr"}`,
		`{"language":null,"transcribe":null,"collect_metadata":null,"original_mode":null}`: `{}`,
		`{"language":"francais"}`: `{"language":"francais"}`, `{"language":"123"}`: `{"language":"123"}`,
		`{"transcribe":1,"collect_metadata":"off"}`:       `{"transcribe":true,"collect_metadata":false}`,
		`{"transcribe":"y","original_mode":"transcript"}`: `{"transcribe":true,"original_mode":"transcript"}`,
		`{"transcribe":"N"}`:                              `{"transcribe":false}`, `{"transcribe":"t"}`: `{"transcribe":true}`, `{"transcribe":"on"}`: `{"transcribe":true}`,
	} {
		a := w.call(w.ada, "start-recording", `{"mode":"screen_recording","options":`+options+`}`)
		require.Equal(t, http.StatusCreated, a.Status, options)
		list, _, err := w.st.RecordingsOf(t.Context(), w.ada.ID, 1, 0)
		require.NoError(t, err)
		require.JSONEq(t, want, string(list[0].Options), options)
		require.Eventually(t, func() bool {
			_, err := w.st.RecordingUnderWay(t.Context(), w.room.ID)
			return err != nil
		}, waitLong, waitShort, "it ends by itself")
	}
}

func TestStart_takes_a_form(t *testing.T) {
	w := open(t, setup{})
	w.join()
	const form = "--x\r\nContent-Disposition: form-data; name=\"mode\"\r\n\r\ntranscript\r\n" +
		"--x\r\nContent-Disposition: form-data; name=\"options\"\r\n\r\n{\"language\":\"nl\"}\r\n--x--\r\n"
	a := w.gw.Send(t, moduletest.Request{
		Method: http.MethodPost, Path: "/api/v1.0/rooms/" + w.room.ID.String() + "/start-recording/", Body: form,
		Header: http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}, Caller: &module.Caller{UserID: w.ada.ID},
	})
	require.Equal(t, http.StatusCreated, a.Status, a.Body)
	r, err := w.st.RecordingUnderWay(t.Context(), w.room.ID)
	require.NoError(t, err)
	require.Equal(t, store.Transcript, r.Mode)
	require.JSONEq(t, `{"language":"nl"}`, string(r.Options))
	w.shows("started")
	require.Equal(t, "transcript", w.metadata()["recording_mode"])
}

func TestStop_answers_by_the_contract(t *testing.T) {
	w := open(t, setup{})
	w.join()
	is(t, w.send(w.ada, uuid.NewString(), "stop-recording", ""), http.StatusNotFound, `{"detail":"No Room matches the given query."}`)
	is(t, w.call(w.grace, "stop-recording", ""), http.StatusForbidden, notPrivileged)
	const none = `{"detail":"No active recording found for this room."}`
	is(t, w.call(w.ada, "stop-recording", ""), http.StatusNotFound, none)
	r := w.start(`{"mode":"screen_recording","options":{"original_mode":"transcript"}}`)
	w.shows("started")
	require.Equal(t, "transcript", w.metadata()["recording_mode"], "what the room is told may be another mode")
	w.stop()
	is(t, w.call(w.ada, "stop-recording", ""), http.StatusNotFound, none)
	w.becomes(r.ID, store.RecordingNotified)
}
