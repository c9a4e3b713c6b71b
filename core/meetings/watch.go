package meetings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

const (
	// watchKind is the job that looks which meetings are live.
	watchKind = "watch"
	// seenKey is where the meetings of the previous look are stored.
	seenKey = "seen"
	// lookKey is the lock held while looking, lookTime what a look may take, and
	// lookHold when the lock of a replica that died is free again.
	lookKey  = "look"
	lookTime = 100 * time.Second
	lookHold = 2 * time.Minute
	// silentLooks is after how many looks in a row without a server a meeting is
	// over: after just one, its people may be about to return.
	silentLooks = 2
)

// sight is a meeting that was live.
type sight struct {
	SID string `json:"sid"`
	At  int64  `json:"at"` // when it was last seen, Unix seconds
	// Silent is the number of looks since then at which no server had it.
	Silent int `json:"silent,omitempty"`
}

// next is what is known about a meeting after an answer. One never seen before
// was live at least when it was created.
func (s sight) next(r livekit.Room, a answer, now time.Time) sight {
	if s.SID != r.SID {
		s = sight{SID: r.SID, At: r.CreatedAt.Unix()}
	}
	switch {
	case a.hosted:
		s.At, s.Silent = now.Unix(), 0
	case a.known:
		s.Silent++
	}
	return s
}

// scheduleWatch stores the next look. Time is divided into slots, with one job
// per slot across all replicas.
func (m *Meetings) scheduleWatch(ctx context.Context) error {
	now := m.now()
	slot := now.Truncate(m.every).Add(m.every)
	err := m.jobs.Enqueue(ctx, Name, watchKind, struct{}{}, module.JobOptions{
		Unique: fmt.Sprintf("%s:%d", watchKind, slot.Unix()), Delay: slot.Sub(now), MaxAttempts: 1,
	})
	if err != nil {
		return fmt.Errorf("schedule a look at the meetings: %w", err)
	}
	return nil
}

// watch looks, after storing the next look, which is there to make up for errors.
func (m *Meetings) watch(ctx context.Context) error {
	if m.every <= 0 {
		return nil // it has since been switched off
	}
	if err := m.scheduleWatch(ctx); err != nil {
		return err
	}
	if err := m.look(ctx); err != nil {
		m.log.WarnContext(ctx, "meetings not compared with LiveKit's, the next look is in time", "error", err)
	}
	return nil
}

// look compares the live meetings and the people in them with those of the
// previous look. A meeting that is gone and whose end was not reported ended when
// it was last seen, and not before. Whom it had let in is a separate matter: see
// dropUnseen.
func (m *Meetings) look(ctx context.Context) error {
	release, err := m.alone(ctx)
	if err != nil || release == nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	now := m.now()
	before, err := m.seen(ctx)
	if err != nil {
		return err
	}
	list, err := m.live.ListRooms(ctx)
	if errors.Is(err, livekit.ErrNoKey) {
		return nil // without a media server there are no meetings
	}
	if err != nil {
		return err
	}
	listed := m.now()
	rooms := slices.DeleteFunc(list, func(r livekit.Room) bool {
		_, registered := body.ParseUUID(r.Name)
		return !registered
	})
	answers, unasked := m.ask(ctx, rooms)
	live := make(map[string]sight, len(rooms))
	for i, r := range rooms {
		live[r.Name] = before[r.Name].next(r, answers[i], now)
	}
	for room, was := range before {
		if _, there := live[room]; !there {
			err = errors.Join(err, m.tell(ctx, room, was, listed))
		}
	}
	err = errors.Join(err, m.replacedAll(ctx, rooms, before, listed))
	for room, is := range live {
		if is.Silent >= silentLooks {
			err = errors.Join(err, m.lay(ctx, room, is, listed))
		}
	}
	if err != nil {
		return err // what was seen is kept for the next look
	}
	return errors.Join(unasked, m.remember(ctx, live), m.lookAtPeople(ctx, rooms, answers, before, now),
		m.patrol(ctx, rooms, answers))
}

// alone takes the lock for looking and returns its release, nil if another look
// is under way.
func (m *Meetings) alone(ctx context.Context) (release func(), err error) {
	owner, now := []byte(uuid.NewString()), m.now()
	until := now.Add(lookHold)
	ours, err := m.store.KVPutIfAbsent(ctx, space, lookKey, owner, &until, now)
	if err != nil || !ours {
		return nil, err
	}
	return func() { _, _ = m.store.KVDeleteIf(context.WithoutCancel(ctx), space, lookKey, owner) }, nil
}

// lay ends a meeting whose server has died. LiveKit would list it for ever;
// instead it is made to give the room to another server, which finds nobody in it
// and reports the end as usual. If that fails, the end is reported all the same.
func (m *Meetings) lay(ctx context.Context, room string, is sight, listed time.Time) error {
	m.log.InfoContext(ctx, "a meeting is over because its LiveKit server has died", "room", room, "seen", time.Unix(is.At, 0).UTC())
	if err := m.live.Reclaim(ctx, room); err != nil {
		m.log.WarnContext(ctx, "LiveKit goes on listing a meeting that is over", "room", room, "error", err)
		return m.tell(ctx, room, is, listed)
	}
	return nil
}

func (m *Meetings) seen(ctx context.Context) (map[string]sight, error) {
	raw, err := m.store.KVGet(ctx, space, seenKey, m.now())
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var seen map[string]sight
	if err := json.Unmarshal(raw, &seen); err != nil {
		m.log.WarnContext(ctx, "the meetings of the last look cannot be read", "error", err)
	}
	return seen, nil // without them they are written anew
}

func (m *Meetings) remember(ctx context.Context, live map[string]sight) error {
	raw, err := json.Marshal(live)
	if err != nil {
		return fmt.Errorf("write the meetings that are live: %w", err)
	}
	expires := m.now().Add(m.tokenTTL + clockSlack) // no older tokens exist
	return m.store.KVPut(ctx, space, seenKey, raw, &expires)
}
