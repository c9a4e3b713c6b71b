package recording_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/module"
	"foyer/modules/recording"
)

func TestReconciler_asks_LiveKit_twice_and_reads_pages_however_many_recordings_there_are(t *testing.T) {
	const page = 500
	for engine := range engines {
		t.Run(engine, func(t *testing.T) {
			l, m := newLine(t), &counted{Module: recording.New().(*recording.Module)}
			w := open(t, setup{
				engine: engine, url: l.url, deaf: true, config: "patience: {reconcile: 24h, lost: 1h}\n",
				new: func() module.Module { return m },
			})
			there := 0
			for _, c := range []struct{ recordings, pages, calls int }{
				{0, 1, 0}, {1, 1, 1}, {page - 1, 1, 1}, {page, 2, 1}, // a full page may have a next one
				{1200, 3, 1},
			} {
				for ; there < c.recordings; there++ {
					w.in(stopped, uuid.NewString())
				}
				name := fmt.Sprintf("%d recordings", c.recordings)
				pages, egresses, rooms := m.pages.Load(), l.count("ListEgress"), l.count("ListRooms")
				require.NoError(t, m.Work(t.Context(), module.Job{Kind: "reconcile"}))
				require.EqualValues(t, c.pages, m.pages.Load()-pages, name)
				require.Equal(t, c.calls, l.count("ListEgress")-egresses, name)
				require.Equal(t, c.calls, l.count("ListRooms")-rooms, name)
			}
		})
	}
}

// counted is the module, whose look-ups of recordings under way are counted.
type counted struct {
	*recording.Module
	pages atomic.Int64
}

// Start is module.Module.
func (c *counted) Start(ctx context.Context, h module.Host) error {
	return c.Module.Start(ctx, countedHost{h, c})
}

type countedHost struct {
	module.Host
	module *counted
}

// Recordings is module.Host.
func (h countedHost) Recordings() module.Recordings {
	return countedRecordings{h.Host.Recordings(), h.module}
}

type countedRecordings struct {
	module.Recordings
	module *counted
}

// Pending is module.Recordings.
func (r countedRecordings) Pending(ctx context.Context, after module.Recording, limit int) ([]module.Recording, error) {
	r.module.pages.Add(1)
	return r.Recordings.Pending(ctx, after, limit)
}
