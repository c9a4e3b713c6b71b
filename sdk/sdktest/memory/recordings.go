package memory

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// recording is a recording with its notices.
type recording struct {
	module.Recording
	owners  []uuid.UUID     // the oldest access first
	notices map[string]bool // whether they are closed
}

// recordings implements module.Recordings.
type recordings struct {
	gateway *Gateway
	name    string
}

// shown is a copy for modules, with its place in the bucket.
func (g *Gateway) shown(r *recording) module.Recording {
	set, out := g.options.Recordings, r.Recording
	out.Options = bytes.Clone(out.Options)
	extension := "mp4"
	if out.Mode == module.Transcript {
		extension = "ogg"
	}
	out.Key = cmp.Or(set.Folder, "recordings") + "/" + out.ID.String() + "." + extension
	var options struct {
		Collect bool `json:"collect_metadata"`
	}
	if set.Collector != "" && json.Unmarshal(out.Options, &options) == nil && options.Collect {
		out.MetadataKey = cmp.Or(set.CollectorFolder, "metadata") + "/" + out.ID.String() + "-metadata.json"
	}
	if set.DownloadURL != "" {
		out.Link = strings.TrimSuffix(set.DownloadURL, "/") + "/" + out.ID.String()
	}
	if set.Expiry > 0 {
		out.ExpiresAt = out.CreatedAt.Add(set.Expiry)
	}
	return out
}

// recording returns a recording by its id, or ErrNotFound; the lock is held.
func (g *Gateway) recording(id uuid.UUID) (*recording, error) {
	if r := g.recordings[id]; r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("find recording %s: %w", id, module.ErrNotFound)
}

// recordingsBy returns the recordings for which is holds, oldest first; the lock
// is held.
func (g *Gateway) recordingsBy(is func(*recording) bool) (list []*recording) {
	for _, r := range g.recordings {
		if is(r) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *recording) int { return compareAge(a.Recording, b.Recording) })
	return list
}

func compareAge(a, b module.Recording) int {
	return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), bytes.Compare(a.ID[:], b.ID[:]))
}

func (x recordings) Settings(context.Context) (module.RecordingSettings, error) {
	set := x.gateway.options.Recordings
	return module.RecordingSettings{Folder: cmp.Or(set.Folder, "recordings"), Collector: set.Collector}, nil
}

func (x recordings) Create(_ context.Context, n module.NewRecording, then module.Then) (made module.Recording, err error) {
	s, err := stepOf(x.name, then)
	if err != nil {
		return made, err
	}
	options, err := object(n.Options)
	if err != nil {
		return made, fmt.Errorf("create recording: %w", err)
	}
	g := x.gateway
	g.mu.Lock()
	defer g.mu.Unlock()
	if n.ID == uuid.Nil {
		n.ID = uuid.New()
	}
	switch {
	case g.rooms[n.Room] == nil:
		err = fmt.Errorf("there is no room %s", n.Room)
	case g.users[n.Owner] == nil:
		err = fmt.Errorf("there is no user %s", n.Owner)
	case g.recordings[n.ID] != nil || g.underWay(n.Room) != nil:
		err = module.ErrConflict
	default:
		err = g.allows(s)
	}
	if err != nil {
		return made, fmt.Errorf("create recording of room %s: %w", n.Room, err)
	}
	r := &recording{owners: []uuid.UUID{n.Owner}, notices: map[string]bool{}, Recording: module.Recording{
		ID: n.ID, Room: n.Room, CreatedAt: g.now(), Status: module.RecordingInitiated, Mode: n.Mode, Options: options,
	}}
	g.recordings[n.ID] = r
	g.take(s)
	return g.shown(r), nil
}

// underWay is the initiated or active recording of a room, nil if there is none;
// the lock is held.
func (g *Gateway) underWay(room uuid.UUID) *recording {
	for _, r := range g.recordings {
		if r.Room == room && (r.Status == module.RecordingInitiated || r.Status == module.RecordingActive) {
			return r
		}
	}
	return nil
}

func (x recordings) ByID(_ context.Context, id uuid.UUID) (module.Recording, error) {
	return x.last("recording "+id.String(), func(r *recording) bool { return r.ID == id })
}

func (x recordings) ByWorker(_ context.Context, egress string) (module.Recording, error) {
	return x.last("recording of egress "+egress, func(r *recording) bool { return egress != "" && r.Worker == egress })
}

func (x recordings) UnderWay(_ context.Context, room uuid.UUID) (module.Recording, error) {
	return x.last("recording under way in room "+room.String(), func(r *recording) bool { return r == x.gateway.underWay(room) })
}

// last returns the newest recording for which is holds, or ErrNotFound.
func (x recordings) last(what string, is func(*recording) bool) (module.Recording, error) {
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	list := x.gateway.recordingsBy(is)
	if len(list) == 0 {
		return module.Recording{}, fmt.Errorf("find %s: %w", what, module.ErrNotFound)
	}
	return x.gateway.shown(list[len(list)-1]), nil
}

func (x recordings) Pending(_ context.Context, after module.Recording, limit int) ([]module.Recording, error) {
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	list := []module.Recording{}
	for _, r := range x.gateway.recordingsBy((*recording).pending) {
		if compareAge(r.Recording, after) > 0 && len(list) < limit {
			list = append(list, x.gateway.shown(r))
		}
	}
	return list, nil
}

// pending reports whether LiveKit may still have something to report about it.
func (r *recording) pending() bool {
	switch r.Status {
	case module.RecordingInitiated, module.RecordingActive, module.RecordingStopped:
		return true
	case module.RecordingNotStopped:
		return r.Unresolved
	}
	return false
}

func (x recordings) Owners(_ context.Context, id uuid.UUID) ([]module.User, error) {
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	list := []module.User{}
	if r := x.gateway.recordings[id]; r != nil {
		for _, owner := range r.owners {
			list = append(list, x.gateway.users[owner].User)
		}
	}
	return list, nil
}

func (x recordings) Stored(_ context.Context, id uuid.UUID) (bool, error) {
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	r, err := x.gateway.recording(id)
	if err != nil {
		return false, err
	}
	return x.gateway.files[x.gateway.shown(r).Key], nil
}

// AddFile puts a file with that key into the bucket, such as Recording.Key.
func (g *Gateway) AddFile(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.files[key] = true
}

// orKept is t as the gateway keeps it, or the known time if t is zero.
func orKept(t, kept time.Time) time.Time {
	if t.IsZero() {
		return kept
	}
	return stamp(t)
}
