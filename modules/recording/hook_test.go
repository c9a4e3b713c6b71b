package recording_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/moduletest"
	"foyer/core/store"
	"foyer/modules/recording"
	"foyer/sdk/livekit/lkproto"
)

const hookPath = "/api/v1.0/recordings/storage-hook/"

func (w *world) hook(header, body string) moduletest.Answer {
	w.Helper()
	h := http.Header{"Content-Type": {"application/json"}}
	if header != "" {
		h.Set("Authorization", header)
	}
	return w.gw.Send(w, moduletest.Request{Method: http.MethodPost, Path: hookPath, Body: body, Header: h})
}

// fromMinIO returns a notification in MinIO's form, fromAmazon one in Amazon's.
func fromMinIO(bucket, key, kind string) string {
	return fmt.Sprintf(`{"Records":[{"s3":{"bucket":{"name":%q},"object":{"key":%q,"contentType":%q}}}]}`, bucket, key, kind)
}

func fromAmazon(bucket, key string) string {
	return fmt.Sprintf(`{"Records":[{"s3":{"bucket":{"name":%q},"object":{"key":%q}}},{"s3":null}]}`, bucket, key)
}

func TestHook_answers_by_the_contract(t *testing.T) {
	w := open(t, setup{config: "storage_hook: {enabled: true, token: s3cret}\n"})
	const token = "Bearer s3cret"
	detail := func(text string) string { return `{"detail":"` + text + `"}` }
	for header, text := range map[string]string{
		"": "Authorization header is required", "Bearer": "Invalid authorization header format.",
		"Basic s3cret": "Invalid authorization header format.", "Bearer guess": "Invalid token",
	} {
		a := w.hook(header, `{}`)
		is(t, a, http.StatusUnauthorized, detail(text))
		require.Equal(t, "Bearer realm='Storage event API'", a.Header.Get("Www-Authenticate"))
	}
	for _, body := range []string{``, `{}`, `{"Records":[]}`, `{"Records":null}`, `{"Records":"x"}`, `{"Records":[{}]}`,
		`{"Records":[{"s3":{"bucket":{"name":"media"},"object":{"key":"k"}}}]}`} {
		is(t, w.hook(token, body), http.StatusForbidden, detail("Invalid request data."))
	}
	r := w.in(active, "EG_1")
	id := r.ID.String()
	is(t, w.hook(token, fromMinIO("other", "recordings%2F"+id+".mp4", "video/mp4")), http.StatusForbidden, detail("Invalid bucket specified."))
	const ignored = `{"message":"Notification ignored."}`
	for key, kind := range map[string]string{
		"recordings%2F" + id + ".mp4": "text/plain", "recordings%2f" + id + ".mp4": "video/mp4", "recordings/" + id + ".mp4": "video/mp4",
		"%2Frecordings%2F" + id + ".mp4": "video/mp4", "uploads%2F" + id + ".mp4": "video/mp4", "folder%2Fuploads%2F" + id + ".mp4": "video/mp4",
		"a%20b%2Frecordings%2F" + id + ".mp4": "video/mp4", "recordings%2F" + id: "video/mp4", "recordings%2Fx.mp4": "video/mp4",
	} {
		is(t, w.hook(token, fromMinIO("media", key, kind)), http.StatusOK, ignored)
	}
	is(t, w.hook(token, fromMinIO("media", "recordings%2F"+uuid.NewString()+".mp4", "video/mp4")), http.StatusNotFound,
		detail("No recording found for this event."))

	const processed = `{"message":"Event processed."}`
	is(t, w.hook(token, fromMinIO("media", "parent+folder%2Frecordings%2F"+strings.ToUpper(id)+".ogg.part", "audio/ogg")), http.StatusOK, processed)
	w.becomes(r.ID, store.RecordingNotified)
	is(t, w.hook(token, fromMinIO("media", "recordings%2F"+id+".mp4", "video/mp4")), http.StatusForbidden,
		detail("Recording with ID "+id+" cannot be saved because it is either, in an error state or has already been saved."))
	fresh := w.in(unsaved, "").ID.String()
	require.Equal(t, http.StatusForbidden, w.hook(token, fromMinIO("media", "recordings%2F"+fresh+".mp4", "video/mp4")).Status)
}

func TestHook_reads_Amazons_form(t *testing.T) {
	w := open(t, setup{config: "storage_hook: {enabled: true, auth: false, parser: s3}\n"})
	for key, status := range map[string]int{
		"recordings/%s.mp4": http.StatusOK, "recordings%%2F%s.OGG": http.StatusOK, "a/b/recordings/%s.m4v": http.StatusOK,
	} {
		r := w.in(stopped, uuid.NewString())
		a := w.hook("", fromAmazon("media", fmt.Sprintf(key, r.ID)))
		is(t, a, status, `{"message":"Event processed."}`)
		w.becomes(r.ID, store.RecordingNotified)
	}
	r := w.in(stopped, uuid.NewString())
	for _, key := range []string{"recordings/%s.json", "recordings/%s.txt", "recördings/%s.mp4"} {
		is(t, w.hook("", fromAmazon("media", fmt.Sprintf(key, r.ID))), http.StatusOK, `{"message":"Notification ignored."}`)
	}
	is(t, w.hook("", fromAmazon("media", "")), http.StatusForbidden, `{"detail":"Invalid request data."}`)
}

func TestHook_and_webhook_complete_a_recording_once_together(t *testing.T) {
	w := open(t, setup{config: "storage_hook: {enabled: true, auth: false}\n"})
	for i := range 10 {
		egress := fmt.Sprint("EG_", i)
		r := w.in(active, egress)
		var both sync.WaitGroup
		both.Go(func() { w.hook("", fromMinIO("media", "recordings%2F"+r.ID.String()+".mp4", "video/mp4")) })
		both.Go(func() { w.deliver(told(t, r, egress, "egress_ended", lkproto.EgressStatus_EGRESS_COMPLETE)) })
		both.Wait()
		now := w.becomes(r.ID, store.RecordingNotified)
		require.Equal(t, store.EgressEnded, now.Stage)
		require.Equal(t, 1, w.jobs()[r.ID]["mail"])
	}
	require.Len(t, w.gw.Outbox.Messages(), 10)
}

func TestHook_alone_completes_where_LiveKits_word_is_not_enough(t *testing.T) {
	w := open(t, setup{config: "complete_on_end: false\nstorage_hook: {enabled: true, auth: false}\n"})
	complete, limit := w.in(active, "EG_c"), w.in(active, "EG_l")
	w.deliver(told(t, complete, "EG_c", "egress_ended", lkproto.EgressStatus_EGRESS_COMPLETE))
	w.deliver(told(t, limit, "EG_l", "egress_ended", lkproto.EgressStatus_EGRESS_LIMIT_REACHED))
	for id, want := range map[uuid.UUID]store.RecordingStatus{complete.ID: store.RecordingActive, limit.ID: store.RecordingStopped} {
		now, err := w.st.RecordingByID(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, want, now.Status)
	}
	require.Empty(t, w.gw.Outbox.Messages())
	for _, r := range []store.Recording{complete, limit} {
		is(t, w.hook("", fromMinIO("media", "recordings%2F"+r.ID.String()+".mp4", "video/mp4")), http.StatusOK, `{"message":"Event processed."}`)
		w.becomes(r.ID, store.RecordingNotified)
	}
}

func TestHook_that_stays_silent_blocks_no_room_for_ever(t *testing.T) {
	w := open(t, setup{config: "complete_on_end: false\nstorage_hook: {enabled: true, auth: false}\npatience: {file: 1s}\n"})
	for _, begin := range []situation{active, lost} {
		r := w.in(begin, "EG_"+string(begin))
		w.deliver(told(t, r, r.WorkerID, "egress_ended", lkproto.EgressStatus_EGRESS_COMPLETE))
		w.becomes(r.ID, store.RecordingNotified)
	}
}

// With the module off, the storage's notification about a recording that was under way
// is still accepted, and everything that follows happens.
func TestHook_takes_what_arrives_after_recordings_were_switched_off(t *testing.T) {
	for placement, process := range map[string]bool{"in process": false, "own process": true} {
		t.Run(placement, func(t *testing.T) {
			w := open(t, setup{process: process, config: "storage_hook: {enabled: true, token: s3cret}\n"})
			r := w.in(active, "EG_off")
			w.gw.Switch(false)
			is(t, w.hook("Bearer s3cret", fromMinIO("media", "recordings%2F"+r.ID.String()+".mp4", "video/mp4")), http.StatusOK,
				`{"message":"Event processed."}`)
			w.becomes(r.ID, store.RecordingNotified)
			require.Len(t, w.gw.Outbox.Messages(), 1, "its owner is told")
			require.Equal(t, http.StatusNotFound, w.call(w.ada, "start-recording", startVideo).Status)
			w.gw.SwitchFlag(recording.HookFlag, false)
			require.Equal(t, http.StatusNotFound, w.hook("Bearer s3cret", "{}").Status)
		})
	}
}
