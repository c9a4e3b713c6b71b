package recording_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/recordingdev"
	"foyer/sdk/module"
)

func TestReconciler_asks_LiveKit_twice_and_reads_pages_however_many_recordings_there_are(t *testing.T) {
	const page = 500
	for engine := range engines {
		t.Run(engine, func(t *testing.T) {
			l, m := newLine(t), recordingdev.New()
			w := open(t, setup{
				engine: engine, url: l.url, deaf: true, config: "patience: {reconcile: 24h, lost: 1h}\n",
				new: func() module.Module { return m },
			})
			require.Eventually(t, func() bool { return l.count("ListEgress") == 1 }, 60*time.Second, time.Millisecond,
				"its start asks whether LiveKit can record at all")
			there := 0
			for _, c := range []struct{ recordings, pages, calls int }{
				{0, 1, 0}, {1, 1, 1}, {page - 1, 1, 1}, {page, 2, 1}, // after a full page there may be another
				{1200, 3, 1},
			} {
				for ; there < c.recordings; there++ {
					w.in(stopped, uuid.NewString())
				}
				name := fmt.Sprintf("%d recordings", c.recordings)
				pages, egresses, rooms := m.Pages(), l.count("ListEgress"), l.count("ListRooms")
				require.NoError(t, m.Work(t.Context(), module.Job{Kind: "reconcile"}))
				require.Equal(t, c.pages, m.Pages()-pages, name)
				require.Equal(t, c.calls, l.count("ListEgress")-egresses, name)
				require.Equal(t, c.calls, l.count("ListRooms")-rooms, name)
			}
		})
	}
}
