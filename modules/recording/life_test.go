package recording_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
)

func TestRecording_is_started_stopped_stored_and_announced(t *testing.T) {
	for _, at := range []setup{{engine: "sqlite"}, {engine: "postgres"}, {engine: "sqlite", process: true}} {
		name := at.engine
		if at.process {
			name += ", own process"
		}
		t.Run(name, func(t *testing.T) {
			at.section = config.Default().Recordings
			at.section.DownloadBaseURL = "https://meet.example.org/recordings"
			w := open(t, at)
			w.join()
			r := w.start(startVideo)
			require.Equal(t, store.RecordingActive, r.Status)
			require.NotEmpty(t, r.WorkerID)
			w.shows("started")
			require.Equal(t, "screen_recording", w.metadata()["recording_mode"])
			w.stop()
			w.shows("")
			r = w.becomes(r.ID, store.RecordingNotified)
			require.Equal(t, "EGRESS_COMPLETE", r.Outcome)
			require.NotNil(t, r.StartedAt)
			require.True(t, r.EndedAt.After(*r.StartedAt))

			mails := w.gw.Outbox.Messages()
			require.Len(t, mails, 1)
			require.Equal(t, []string{"ada@example.org"}, mails[0].To)
			require.Equal(t, "Votre enregistrement est prêt", mails[0].Subject)
			require.Contains(t, mails[0].Text, "https://meet.example.org/recordings/"+r.ID.String())
			w.start(startVideo) // the room is free again
		})
	}
}
