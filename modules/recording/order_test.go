package recording_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"

	"foyer/core/store"
	"foyer/sdk/livekit/lkproto"
	"foyer/sdk/module"
)

// told returns a webhook about the egress of a recording.
func told(t *testing.T, r store.Recording, egress, name string, status lkproto.EgressStatus) module.Event {
	t.Helper()
	now := time.Now().UnixNano()
	info := &lkproto.EgressInfo{
		EgressId: egress, RoomName: r.RoomID.String(), Status: status, UpdatedAt: now,
		Request: &lkproto.EgressInfo_RoomComposite{RoomComposite: &lkproto.RoomCompositeEgressRequest{
			RoomName: r.RoomID.String(), FileOutputs: []*lkproto.EncodedFileOutput{{Filepath: "recordings/" + r.ID.String() + ".mp4"}},
		}},
	}
	if status == lkproto.EgressStatus_EGRESS_COMPLETE || status == lkproto.EgressStatus_EGRESS_LIMIT_REACHED {
		info.FileResults = []*lkproto.FileInfo{{StartedAt: now - 1e9, EndedAt: now}}
	}
	body, err := protojson.Marshal(&lkproto.WebhookEvent{Event: name, EgressInfo: info})
	require.NoError(t, err)
	return module.Event{ID: egress + ":" + name + ":" + status.String(), Name: name, Room: r.RoomID.String(), At: time.Now(), Body: body}
}

// history returns what LiveKit reports about an egress, in order.
func history(t *testing.T, r store.Recording, egress string, end lkproto.EgressStatus) []module.Event {
	return []module.Event{
		told(t, r, egress, "egress_started", lkproto.EgressStatus_EGRESS_STARTING),
		told(t, r, egress, "egress_updated", lkproto.EgressStatus_EGRESS_ACTIVE),
		told(t, r, egress, "egress_updated", lkproto.EgressStatus_EGRESS_ENDING),
		told(t, r, egress, "egress_ended", end),
	}
}

// permutations calls f with the events in every order.
func permutations(events []module.Event, f func([]module.Event)) {
	var walk func(int)
	walk = func(k int) {
		if k == len(events) {
			f(events)
			return
		}
		for i := k; i < len(events); i++ {
			events[k], events[i] = events[i], events[k]
			walk(k + 1)
			events[k], events[i] = events[i], events[k]
		}
	}
	walk(0)
}

// situation is the state of a recording when the first webhook arrives.
type situation string

const (
	unsaved situation = "before the egress id is saved"
	active  situation = "after the start"
	stopped situation = "after the stop"
	lost    situation = "after a stop that failed"
)

// in creates a recording in a room of its own and puts it into the situation.
func (w *world) in(s situation, egress string) store.Recording {
	w.Helper()
	ctx := w.Context()
	slug := uuid.NewString()
	room, err := w.st.CreateRoom(ctx, store.Room{Name: slug, Slug: slug, AccessLevel: store.Public}, w.ada.ID)
	require.NoError(w, err)
	r, err := w.st.CreateRecording(ctx, store.Recording{RoomID: room.ID, Mode: store.ScreenRecording}, w.ada.ID)
	require.NoError(w, err)
	unresolved := true
	for _, m := range map[situation][]store.RecordingMove{
		active:  {{To: store.RecordingActive, WorkerID: egress}},
		stopped: {{To: store.RecordingActive, WorkerID: egress}, {To: store.RecordingStopped}},
		lost:    {{To: store.RecordingActive, WorkerID: egress}, {To: store.RecordingNotStopped, Unresolved: &unresolved}},
	}[s] {
		_, moved, err := w.st.MoveRecording(ctx, r.ID, m)
		require.NoError(w, err)
		require.True(w, moved)
	}
	r, err = w.st.RecordingByID(ctx, r.ID)
	require.NoError(w, err)
	return r
}

// deliver hands the events to the module as the queue does, which may repeat them, even
// concurrently.
func (w *world) deliver(events ...module.Event) {
	w.Helper()
	for _, e := range events {
		var both sync.WaitGroup
		errs := make([]error, 2)
		for i := range errs {
			both.Go(func() { errs[i] = w.gw.Catalog.Deliver(context.Background(), "recording", e) })
		}
		both.Wait()
		require.NoError(w, errs[0])
		require.NoError(w, errs[1])
	}
}

// jobs counts the jobs ever stored for each recording, by kind.
func (w *world) jobs() map[uuid.UUID]map[string]int {
	w.Helper()
	all := map[uuid.UUID]map[string]int{}
	for _, raw := range w.jobArgs() {
		var args struct {
			Kind string `json:"kind"`
			Args struct {
				Recording uuid.UUID `json:"recording"`
			} `json:"args"`
		}
		require.NoError(w, json.Unmarshal(raw, &args))
		id := args.Args.Recording
		if all[id] == nil {
			all[id] = map[string]int{}
		}
		all[id][args.Kind]++
	}
	return all
}

// jobArgs reads the queue's own table, where finished jobs stay for an hour.
func (w *world) jobArgs() (all [][]byte) {
	w.Helper()
	require.NoError(w, w.st.InTx(w.Context(), func(tx *store.Tx) error {
		scan := func(next func() bool, scan func(...any) error) error {
			for next() {
				var raw []byte
				if err := scan(&raw); err != nil {
					return err
				}
				all = append(all, raw)
			}
			return nil
		}
		if tx.Pgx() != nil {
			rows, err := tx.Pgx().Query(w.Context(), `SELECT args FROM river_job WHERE kind = 'module'`)
			if err != nil {
				return err
			}
			defer rows.Close()
			return scan(rows.Next, rows.Scan)
		}
		rows, err := tx.SQL().QueryContext(w.Context(), `SELECT json(args) FROM river_job WHERE kind = 'module'`)
		if err != nil {
			return err
		}
		defer rows.Close()
		return scan(rows.Next, rows.Scan)
	}))
	return all
}

func TestEvents_in_every_order_and_repeated_end_alike_with_each_effect_once(t *testing.T) {
	type trial struct {
		id    uuid.UUID
		name  string
		end   lkproto.EgressStatus
		begin situation
	}
	ends := []lkproto.EgressStatus{
		lkproto.EgressStatus_EGRESS_COMPLETE, lkproto.EgressStatus_EGRESS_LIMIT_REACHED,
		lkproto.EgressStatus_EGRESS_FAILED, lkproto.EgressStatus_EGRESS_ABORTED,
	}
	for engine := range engines {
		t.Run(engine, func(t *testing.T) {
			w := open(t, setup{engine: engine, config: "max_duration: 10h\n"})
			var trials []trial
			for _, begin := range []situation{unsaved, active, stopped, lost} {
				for _, end := range ends {
					n := 0
					permutations(history(t, store.Recording{}, "", end), func(order []module.Event) {
						n++
						egress := fmt.Sprintf("EG_%s_%d_%d", begin, end, n)
						r := w.in(begin, egress)
						var events []module.Event
						for _, e := range order {
							events = append(events, again(t, e, r, egress))
						}
						w.deliver(events...)
						w.deliver(events...)
						trials = append(trials, trial{r.ID, fmt.Sprintf("%s, %s, order %d", begin, end, n), end, begin})
					})
				}
			}
			for _, x := range trials {
				want := store.RecordingNotified
				if x.end == lkproto.EgressStatus_EGRESS_FAILED || x.end == lkproto.EgressStatus_EGRESS_ABORTED {
					want = store.RecordingAborted
					if x.begin == lost {
						want = store.RecordingNotStopped
					}
				}
				r := w.becomes(x.id, want)
				require.Equal(t, store.EgressEnded, r.Stage, x.name)
				require.Equal(t, x.end.String(), r.Outcome, x.name)
				require.False(t, r.Unresolved, x.name)
				require.NotEmpty(t, r.WorkerID, x.name)
			}
			jobs := w.jobs()
			for _, x := range trials {
				did := jobs[x.id]
				saved := x.end == lkproto.EgressStatus_EGRESS_COMPLETE || x.end == lkproto.EgressStatus_EGRESS_LIMIT_REACHED
				byItself := x.begin == unsaved || x.begin == active
				require.Equal(t, count(saved), did["mail"], x.name)
				require.Equal(t, count(x.end == lkproto.EgressStatus_EGRESS_LIMIT_REACHED && byItself), did["tell"], x.name)
				require.Equal(t, count(!saved && x.begin != lost), did["farewell"], x.name)
				require.Equal(t, 1, did["uncollect"], x.name)
				require.Equal(t, count(x.begin == unsaved), did["limit"], x.name)
				_, err := w.st.EventByID(t.Context(), module.EventRecordingSaved+":"+x.id.String())
				require.Equal(t, saved, err == nil, x.name)
			}
		})
	}
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// again returns the same webhook about another recording.
func again(t *testing.T, e module.Event, r store.Recording, egress string) module.Event {
	t.Helper()
	var was lkproto.WebhookEvent
	require.NoError(t, protojson.Unmarshal(e.Body, &was))
	return told(t, r, egress, e.Name, was.GetEgressInfo().GetStatus())
}

func TestEvents_change_nothing_of_what_is_over_or_not_ours(t *testing.T) {
	w := open(t, setup{})
	ctx := t.Context()
	for _, status := range []store.RecordingStatus{store.RecordingNotStarted, store.RecordingAborted, store.RecordingNotStopped,
		store.RecordingSaved, store.RecordingInitiated, store.RecordingNotified, store.RecordingProcessed} {
		t.Run(string(status), func(t *testing.T) {
			egress := "EG_" + string(status)
			r := w.in(active, egress)
			// A row as the replaced server leaves it.
			require.NoError(t, w.st.InTx(ctx, func(tx *store.Tx) error {
				_, err := tx.SQL().ExecContext(ctx, `UPDATE meet_recording SET status = $1 WHERE id = $2`, status, r.ID)
				return err
			}))
			for _, end := range []lkproto.EgressStatus{lkproto.EgressStatus_EGRESS_COMPLETE, lkproto.EgressStatus_EGRESS_LIMIT_REACHED} {
				w.deliver(told(t, r, egress, "egress_ended", end))
			}
			now, err := w.st.RecordingByID(ctx, r.ID)
			require.NoError(t, err)
			require.Equal(t, status, now.Status)
			require.Zero(t, w.jobs()[r.ID]["mail"])
			require.Zero(t, w.jobs()[r.ID]["tell"]*count(status == store.RecordingNotStarted || status == store.RecordingAborted))
		})
	}
	stranger := store.Recording{ID: uuid.New(), RoomID: uuid.New()}
	w.deliver(history(t, stranger, "EG_stranger", lkproto.EgressStatus_EGRESS_COMPLETE)...)
	for _, id := range []string{"EG_\x00", strings.Repeat("x", 1<<20)} { // no column can hold them
		w.deliver(history(t, stranger, id, lkproto.EgressStatus_EGRESS_COMPLETE)...)
	}
	other := w.in(unsaved, "")
	elsewhere := other
	elsewhere.RoomID = uuid.New() // a file with that name, recorded in another room
	w.deliver(history(t, elsewhere, "EG_elsewhere", lkproto.EgressStatus_EGRESS_COMPLETE)...)
	now, err := w.st.RecordingByID(ctx, other.ID)
	require.NoError(t, err)
	require.Equal(t, store.RecordingInitiated, now.Status)
}
