package summary_test

import (
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/jobs"
	"foyer/core/moduletest"
	"foyer/core/store"
	"foyer/internal/dev/summarydev"
	"foyer/modules/summary"
)

func TestModule_behaves_in_both_placements(t *testing.T) {
	moduletest.Run(t, moduletest.Case{
		New: summary.New, Config: "webhook_api_token: " + hookToken + "\n",
		Requests: []moduletest.Request{{Method: "POST", Path: hookPath}},
	})
}

func TestRecording_that_is_saved_becomes_a_job_of_the_service(t *testing.T) {
	everywhere(t, func(h *house) {
		id := h.finish("summary")
		h.becomes(id, store.RecordingNotified)
		taken := h.peer.Taken()
		require.Len(h, taken, 1)
		require.Equal(h, "recording-"+id.String(), taken[0].Key)
		var p struct {
			Sub  string `json:"user_sub"`
			File string `json:"cloud_storage_url"`
			Push struct {
				Title   string `json:"title"`
				Link    string `json:"download_link"`
				Summary bool   `json:"auto_create_summary"`
			} `json:"push_to_docs_config"`
		}
		require.NoError(h, json.Unmarshal(taken[0].Payload, &p))
		require.Equal(h, "ada", p.Sub)
		require.Equal(h, `Réunion "Weekly" du 2026-05-04 à 10:00`, p.Push.Title)
		require.Equal(h, "https://meet.example.org/recording/"+id.String(), p.Push.Link)
		require.True(h, p.Push.Summary, "the owner's flag")
		require.True(h, strings.HasPrefix(p.File, "http://127.0.0.1:1/media/recordings/"+id.String()+".ogg?"), p.File)

		status, body := h.call("Bearer "+hookToken, `{"job_id":"`+taken[0].Job+`","type":"transcript","status":"success"}`)
		require.Equal(h, 200, status, body)
		require.Equal(h, `{"message":"Event processed."}`, body)
		h.becomes(id, store.RecordingProcessed)
	})
}

func TestRecording_waits_for_a_service_that_is_down_and_is_told_once(t *testing.T) {
	everywhere(t, func(h *house) {
		h.peer.Behave(summarydev.Drop) // accepts it, but we never hear of it
		id := h.finish("summary")
		require.Eventually(h, func() bool { return h.peer.Calls() > 1 }, waitLong, waitShort)
		h.peer.Behave(summarydev.Fail)
		calls := h.peer.Calls()
		require.Eventually(h, func() bool { return h.peer.Calls() > calls }, waitLong, waitShort)
		h.peer.Behave(summarydev.Accept)
		h.becomes(id, store.RecordingNotified)
		require.Len(h, h.peer.Taken(), 1)
	})
}

func TestRecording_waits_for_a_service_that_is_not_configured_and_loses_no_attempt(t *testing.T) {
	for name, section := range map[string]string{
		"neither address nor token": "version: 2\n",
		"no token":                  "version: 2\nendpoint: http://127.0.0.1:1\n",
	} {
		t.Run(name, func(t *testing.T) {
			everywhereWith(t, func(*house) string { return section }, func(h *house) {
				id := h.finish("summary")
				var job jobs.Job
				require.Eventually(h, func() bool {
					all, err := h.jobs.List(h.Context(), jobs.Filter{Topic: summary.Name, Kind: "announce", Limit: 10})
					require.NoError(h, err)
					if len(all) == 0 {
						return false
					}
					job = all[0] // postponed by a second, then by two
					return job.State == jobs.Waiting && job.Next.Sub(job.CreatedAt) > 3*time.Second
				}, waitLong, waitShort)
				require.Zero(h, job.Attempts)
				require.Empty(h, job.Failures)
				h.becomes(id, store.RecordingSaved)

				h.stop()
				h.run(defaultSection(h))
				h.becomes(id, store.RecordingNotified)
				require.Len(h, h.peer.Taken(), 1)
			})
		})
	}
}

func TestRecording_that_does_not_ask_is_not_announced(t *testing.T) {
	everywhere(t, func(h *house) {
		quiet := h.finish("mail")
		h.becomes(h.finish("summary"), store.RecordingNotified)
		require.Len(h, h.peer.Taken(), 1)
		h.becomes(quiet, store.RecordingSaved)
	})
}

func TestEvent_that_is_repeated_makes_no_second_job(t *testing.T) {
	everywhere(t, func(h *house) {
		id := h.finish("summary")
		h.save(id, "summary")
		h.becomes(id, store.RecordingNotified)
		h.save(id, "summary")
		h.becomes(h.finish("summary"), store.RecordingNotified)
		require.Len(h, h.peer.Taken(), 2, "one a recording")
	})
}

func TestResult_that_comes_before_our_own_write_lands(t *testing.T) {
	everywhere(t, func(h *house) {
		early := uuid.NewString()
		status, body := h.call("Bearer "+hookToken, `{"job_id":"`+early+`","type":"transcript","status":"failure"}`)
		require.Equal(h, 200, status, body)
		id := h.finish("summary", "by hand")
		_, err := h.recordings.For(summary.Name).Told(h.Context(), id, "by hand", early)
		require.NoError(h, err)
		h.becomes(id, store.RecordingNotProcessed)
	})
}

func TestHook_answers_by_the_contract(t *testing.T) { everywhere(t, hookAnswers) }

func hookAnswers(h *house) {
	for name, c := range map[string]struct {
		authorization, text string
		status              int
		body                string
	}{
		"no token":       {"", `{}`, 401, `{"detail":"Authorization header is required"}`},
		"another token":  {"Bearer guess", `{}`, 401, `{"detail":"Invalid token"}`},
		"no job":         {"Bearer " + hookToken, `{}`, 400, `{"job_id":["This field is required."]}`},
		"unknown job":    {"bearer  " + hookToken, `{"job_id":"x","type":"transcript","status":"success"}`, 200, `{"message":"Event processed."}`},
		"another type":   {"Bearer " + hookToken, `{"job_id":"x","type":"summary","status":"success"}`, 200, `{"message":"Event processed."}`},
		"nulls":          {"Bearer " + hookToken, `{"job_id":"x","type":null,"status":""}`, 200, `{"message":"Event processed."}`},
		"job with a NUL": {"Bearer " + hookToken, `{"job_id":"x\u0000","type":"transcript","status":"success"}`, 400, `{"job_id":["Null characters are not allowed."]}`},
		"job beyond measure": { // and incompressible, so that no index can shrink it
			"Bearer " + hookToken, `{"job_id":"` + noise(20_000) + `","type":"transcript","status":"success"}`, 400,
			`{"job_id":["Ensure this field has no more than 255 characters."]}`,
		},
		"no JSON":   {"Bearer " + hookToken, `{`, 400, ``},
		"too large": {"Bearer " + hookToken, `{"job_id":"` + strings.Repeat("x", 1<<17) + `"}`, 413, ``},
	} {
		status, body := h.call(c.authorization, c.text)
		require.Equal(h, c.status, status, "%s: %s", name, body)
		if c.body != "" {
			require.Equal(h, c.body, body, name)
		}
	}
}

// noise returns a text of n characters that cannot be compressed.
func noise(n int) string {
	var text strings.Builder
	for text.Len() < n {
		text.WriteString(rand.Text())
	}
	return text.String()[:n]
}
