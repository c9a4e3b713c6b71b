package hostsuite

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func recordingCases() []test {
	return []test{
		{"Recordings begin once in a room", recordingsBegin},
		{"Recordings move forward, with what follows", recordingsMove},
		{"Recordings that LiveKit has more to tell of are listed", recordingsPending},
	}
}

// recording begins a recording of ada's in a new room.
func (p *probe) recording(name string) module.Recording {
	p.Helper()
	r, err := p.Recordings().Create(p.Context(), module.NewRecording{
		ID: uuid.New(), Room: p.room(name, uuid.Nil).ID, Owner: p.ada.ID, Mode: module.ScreenRecording,
	}, module.Then{})
	require.NoError(p.T, err)
	return r
}

// move tries to take a step.
func (p *probe) move(id uuid.UUID, m module.RecordingMove) (module.Recording, bool) {
	p.Helper()
	r, moved, err := p.Recordings().Move(p.Context(), id, m, module.Then{})
	require.NoError(p.T, err)
	return r, moved
}

func recordingsBegin(p *probe) {
	ctx, rec := p.Context(), p.Recordings()
	room := p.room("Weekly call", uuid.Nil)
	n := module.NewRecording{ID: uuid.New(), Room: room.ID, Owner: p.ada.ID, Mode: module.Transcript, Options: json.RawMessage(`{"language":"fr"}`)}
	then := module.Then{Jobs: []module.NextJob{{Kind: "start"}}, Write: []module.DocumentWrite{{Collection: "starts", Key: n.ID.String()}}}
	made, err := rec.Create(ctx, n, then)
	require.NoError(p.T, err)
	require.WithinDuration(p.T, time.Now(), made.CreatedAt, time.Minute)
	require.JSONEq(p.T, `{"language":"fr"}`, string(made.Options))
	require.Equal(p.T, module.Recording{
		ID: n.ID, Room: room.ID, CreatedAt: made.CreatedAt, Status: module.RecordingInitiated, Mode: module.Transcript, Options: made.Options,
		Key: "recordings/" + n.ID.String() + ".ogg", Link: "https://meet.example.org/recording/" + n.ID.String(),
		ExpiresAt: made.CreatedAt.Add(7 * 24 * time.Hour),
	}, made)

	second := n
	second.ID = uuid.New()
	_, err = rec.Create(ctx, second, module.Then{Jobs: then.Jobs})
	require.ErrorIs(p.T, err, module.ErrConflict)
	elsewhere := p.room("Elsewhere", uuid.Nil)
	second.Room = elsewhere.ID
	_, err = rec.Create(ctx, second, then)
	require.ErrorIs(p.T, err, module.ErrConflict, "what follows cannot be: the document is there")
	_, err = rec.UnderWay(ctx, elsewhere.ID)
	require.ErrorIs(p.T, err, module.ErrNotFound)
	require.Equal(p.T, []string{Name + " start"}, p.place.Stored())

	for _, find := range []func() (module.Recording, error){
		func() (module.Recording, error) { return rec.ByID(ctx, n.ID) },
		func() (module.Recording, error) { return rec.UnderWay(ctx, room.ID) },
	} {
		found, err := find()
		require.NoError(p.T, err)
		require.JSONEq(p.T, string(made.Options), string(found.Options))
		found.Options = made.Options
		require.Equal(p.T, made, found)
	}
	for _, egress := range []string{"EG_none", "", "a\x00", "\xff"} {
		_, err = rec.ByWorker(ctx, egress)
		require.ErrorIs(p.T, err, module.ErrNotFound, "%q", egress)
	}
	owners, err := rec.Owners(ctx, n.ID)
	require.NoError(p.T, err)
	require.Equal(p.T, []module.User{p.ada.User}, owners)
	settings, err := rec.Settings(ctx)
	require.NoError(p.T, err)
	require.Equal(p.T, module.RecordingSettings{Folder: "recordings", Collector: "collector"}, settings)
}

func recordingsMove(p *probe) {
	ctx, id := p.Context(), p.recording("Weekly call").ID
	limit := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	r, moved := p.move(id, module.RecordingMove{To: module.RecordingActive, Worker: "EG_1", LimitAt: limit, Option: map[string]json.RawMessage{"collect_metadata": json.RawMessage(`true`)}})
	require.True(p.T, moved)
	require.Equal(p.T, []string{module.RecordingActive, "EG_1", "metadata/" + id.String() + "-metadata.json"}, []string{r.Status, r.Worker, r.MetadataKey})
	require.Equal(p.T, limit, r.LimitAt)
	found, err := p.Recordings().ByWorker(ctx, "EG_1")
	require.NoError(p.T, err)
	require.Equal(p.T, id, found.ID)

	for what, m := range map[string]module.RecordingMove{
		"back":                          {To: module.RecordingInitiated},
		"to where it is":                {To: module.RecordingActive},
		"from where it is not":          {To: module.RecordingSaved, From: []string{module.RecordingStopped}},
		"to what saved recordings have": {To: module.RecordingNotified},
	} {
		now, moved, err := p.Recordings().Move(ctx, id, m, module.Then{Jobs: []module.NextJob{{Kind: "never"}}})
		require.NoError(p.T, err, what)
		require.False(p.T, moved, what)
		require.Equal(p.T, module.RecordingActive, now.Status, what)
	}
	for _, stage := range []struct {
		name  string
		moves bool
	}{{module.EgressEnding, true}, {module.EgressStarted, false}, {module.EgressEnding, false}, {module.EgressEnded, true}} {
		_, moved := p.move(id, module.RecordingMove{Stage: stage.name})
		require.Equal(p.T, stage.moves, moved, stage.name)
	}
	r, moved = p.move(id, module.RecordingMove{Worker: "EG_2", Outcome: "EGRESS_COMPLETE", Unresolved: new(true)})
	require.True(p.T, moved, "a step of neither is always taken")
	require.Equal(p.T, []string{"EG_1", "EGRESS_COMPLETE"}, []string{r.Worker, r.Outcome}, "an egress that is known stays")
	require.True(p.T, r.Unresolved)
	require.Empty(p.T, p.place.Stored())

	_, _, err = p.Recordings().Move(ctx, id, module.RecordingMove{To: "elsewhere"}, module.Then{})
	require.Error(p.T, err)
	_, _, err = p.Recordings().Move(ctx, nobody, module.RecordingMove{To: module.RecordingActive}, module.Then{})
	require.ErrorIs(p.T, err, module.ErrNotFound)
	_, _, err = p.Recordings().Move(ctx, id, module.RecordingMove{To: module.RecordingStopped}, module.Then{Emit: []module.Emission{{ID: "1", Name: "other_saved"}}})
	require.ErrorIs(p.T, err, module.ErrInvalid)
	r, err = p.Recordings().ByID(ctx, id)
	require.NoError(p.T, err)
	require.Equal(p.T, module.RecordingActive, r.Status, "the step was not taken either")
	_, moved, err = p.Recordings().Move(ctx, id, module.RecordingMove{To: module.RecordingStopped}, module.Then{Emit: []module.Emission{{ID: "1", Name: Event}}})
	require.NoError(p.T, err)
	require.True(p.T, moved)
	require.Equal(p.T, []string{Listener + " event"}, p.place.Stored())
}

func recordingsPending(p *probe) {
	var all []uuid.UUID
	for _, name := range []string{"a", "b", "c", "d"} {
		all = append(all, p.recording(name).ID)
	}
	p.move(all[1], module.RecordingMove{To: module.RecordingAborted})
	p.move(all[2], module.RecordingMove{To: module.RecordingNotStopped, Unresolved: new(true)})
	p.move(all[3], module.RecordingMove{To: module.RecordingNotStopped})
	var found []uuid.UUID
	after := module.Recording{}
	for range 2 * len(all) { // so that an endless list fails the test
		list, err := p.Recordings().Pending(p.Context(), after, 1)
		require.NoError(p.T, err)
		if len(list) == 0 {
			break
		}
		after = list[0]
		found = append(found, after.ID)
	}
	require.Equal(p.T, []uuid.UUID{all[0], all[2]}, found)
}
