package meetings_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/meetings"
	"foyer/core/store"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// room stores the room, with ada as owner, grace as administrator and alan, who has no
// subject, as member; mary and zoe have no role.
func (w *world) room(level string) (alan string) {
	w.Helper()
	ctx := w.Context()
	ids := map[string]uuid.UUID{}
	for _, sub := range []string{"ada", "grace", "mary", "zoe"} {
		u, err := w.st.CreateUser(ctx, store.User{Sub: &sub, IsActive: true})
		require.NoError(w, err)
		ids[sub] = u.ID
	}
	email := "alan@example.org"
	u, err := w.st.CreateUser(ctx, store.User{Email: &email, IsActive: true})
	require.NoError(w, err)
	_, err = w.st.CreateRoom(ctx, store.Room{ID: room, Name: "r", Slug: "r", AccessLevel: level}, ids["ada"])
	require.NoError(w, err)
	for id, role := range map[uuid.UUID]store.Role{ids["grace"]: store.Administrator, u.ID: store.Member} {
		_, err := w.st.AddAccess(ctx, store.Access{UserID: id, RoomID: room, Role: role}, ids["ada"], func(store.Role) error { return nil })
		require.NoError(w, err)
	}
	return u.ID.String()
}

// person returns an account's client that has just joined.
func person(identity string) livekit.Participant {
	return livekit.Participant{
		SID: "PA_" + identity, Identity: identity, Person: true, JoinedAt: time.Now().Truncate(time.Second),
		Attributes: map[string]string{"is_authenticated": "true"},
	}
}

// guest returns a participant with one of our ids that says nothing about itself.
func (w *world) guest() livekit.Participant {
	p := person(w.known.NewID())
	p.Attributes = nil
	return p
}

// joined delivers the event of a join.
func (w *world) joined(p livekit.Participant) error { return w.event("participant_joined", "", p) }

func (w *world) leaves(reason string, p livekit.Participant) {
	w.Helper()
	require.NoError(w, w.event("participant_left", reason, p))
}

func (w *world) event(name, reason string, p livekit.Participant) error {
	w.Helper()
	return w.eventOf(time.Now(), name, reason, p)
}

// eventOf delivers an event with a time; the media server reports whole seconds.
func (w *world) eventOf(at time.Time, name, reason string, p livekit.Participant) error {
	w.Helper()
	switch name {
	case "participant_joined":
		if !w.over[p.Identity+p.SID] {
			w.here[p.Identity] = p
		}
	default:
		if w.over[p.Identity+p.SID] = true; w.here[p.Identity].SID == p.SID {
			delete(w.here, p.Identity)
		}
	}
	kind := "STANDARD"
	if !p.Person {
		kind = "AGENT"
	}
	about := map[string]any{"identity": p.Identity, "sid": p.SID, "joinedAt": fmt.Sprint(p.JoinedAt.Unix()), "attributes": p.Attributes,
		"disconnectReason": reason, "kind": kind}
	body, err := json.Marshal(map[string]any{"event": name, "room": map[string]any{"name": room}, "participant": about,
		"createdAt": fmt.Sprint(at.Unix())})
	require.NoError(w, err)
	return w.Listen(w.Context(), module.Event{Name: name, Room: room.String(), At: time.Now(), Body: body})
}

// patrol checks who is there.
func (w *world) patrol(there ...livekit.Participant) {
	w.Helper()
	w.live, w.people[room.String()] = []livekit.Room{{SID: "RM_1", Name: room.String()}, {SID: "RM_2", Name: "weekly"}}, there
	w.live[0].Participants = len(there)
	require.NoError(w, w.Work(w.Context(), module.Job{Kind: "watch", Args: []byte("{}"), Attempt: 1}))
}

func (w *world) admit(p livekit.Participant) {
	w.Helper()
	require.NoError(w, w.Admit(w.Context(), room, meetings.Admission{Identity: p.Identity, Entry: p.Identity, Name: "Zoë", Color: "red"}))
}

// out returns those put out since the last call, in any order.
func (w *world) out() []string {
	names := []string{}
	for _, text := range w.removed {
		names = append(names, strings.TrimPrefix(text, room.String()+" "))
	}
	w.removed = nil
	return names
}

func TestJudge_puts_out_whom_the_room_does_not_let_in_and_nobody_else(t *testing.T) {
	for _, x := range []struct {
		level string
		out   string // names of those put out
	}{
		{"public", "removed"},
		{"trusted", "removed|guest|says guest|expired"},
		{"restricted", "removed|guest|says guest|expired|mary"},
	} {
		t.Run(x.level, func(t *testing.T) {
			onBoth(t, func(w *world) {
				alan := w.room(x.level)
				admitted, let := w.guest(), person("zoe")
				w.admit(admitted)
				w.admit(let)
				removed, expired := w.guest(), w.guest()
				w.admit(removed)
				require.NoError(w, w.Refuse(w.Context(), room, removed.Identity))
				require.NoError(w, w.Refuse(w.Context(), room, "grace"), "who has become an administrator since")
				ended := store.Standing{RoomID: room, Identity: expired.Identity, EndsAt: time.Now().Add(-2 * time.Second)}
				_, err := w.st.Admit(w.Context(), ended, time.Now())
				require.NoError(w, err)
				says := person("of another kind")
				says.Attributes["is_authenticated"] = "false"
				agent, foreign := person("agent"), person("somebody else's")
				agent.Person, foreign.Attributes = false, nil
				everybody := map[string]livekit.Participant{
					"ada": person("ada"), "grace": person("grace"), "alan": person(alan), "mary": person("mary"), "zoe": let,
					"guest": w.guest(), "says guest": says, "admitted": admitted, "removed": removed, "expired": expired,
					"agent": agent, "foreign": foreign,
				}
				want := []string{}
				for _, name := range strings.Split(x.out, "|") {
					want = append(want, everybody[name].Identity)
				}
				var all []livekit.Participant
				for name, p := range everybody {
					require.NoError(w, w.joined(p))
					require.Equal(w, strings.Contains("|"+x.out+"|", "|"+name+"|"), len(w.out()) == 1, name)
					all = append(all, p)
				}
				w.patrol(all...) // no event reported them
				require.ElementsMatch(w, want, w.out())
			})
		})
	}
}

func TestJudge_asks_again_when_LiveKit_fails(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("restricted")
		p := w.guest()
		w.down = &livekit.Error{Code: "unavailable", Err: errors.New("down")}
		require.ErrorIs(w, w.joined(p), livekit.ErrUnavailable)
		w.down = &livekit.Error{Code: "not_found", Err: errors.New("gone")}
		require.NoError(w, w.joined(p))
	})
}

// Meetings go on while an older gateway is replaced by this one.
func TestJudge_lets_those_stay_who_came_before_anybody_was_judged(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("restricted")
		p := w.guest()
		p.JoinedAt = time.Now().Add(-time.Hour)
		w.patrol(p)
		require.Empty(w, w.out())
		p.JoinedAt, p.SID = time.Now(), "PA_again"
		require.NoError(w, w.joined(p))
		require.Empty(w, w.out(), "and comes back after an interruption")
	})
}

func TestClosed_rooms_keep_who_is_in_them(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("public")
		inside, account := w.guest(), person("mary")
		require.NoError(w, w.joined(inside))
		require.NoError(w, w.joined(account))
		require.NoError(w, w.Refuse(w.Context(), room, "zoe"))
		r, err := w.st.RoomByID(w.Context(), room, uuid.Nil)
		require.NoError(w, err)
		r.AccessLevel = store.Restricted
		_, err = w.st.UpdateRoom(w.Context(), r.Room)
		require.NoError(w, err)
		require.NoError(w, w.st.InTx(w.Context(), func(tx *store.Tx) error { return w.ClosedTx(w.Context(), tx, room) }))
		w.people[room.String()] = []livekit.Participant{inside, account, person("ada"), person("zoe")}
		closed := w.jobs[len(w.jobs)-1]
		require.Equal(w, "admit", closed.kind)
		require.NoError(w, w.Work(w.Context(), module.Job{Kind: closed.kind, Args: closed.args}))
		require.Equal(w, []string{"zoe"}, w.out(), "who was removed before is not kept")

		turn(w.T)
		turn(w.T) // into a second after the one in which the room was closed
		late := w.guest()
		require.NoError(w, w.joined(late))
		require.Equal(w, []string{late.Identity}, w.out())
		inside.JoinedAt, inside.SID = time.Now(), "PA_again"
		require.NoError(w, w.joined(inside))
		w.patrol(inside, account)
		require.Empty(w, w.out())
	})
}

func TestGone_rooms_have_no_meeting(t *testing.T) {
	onBoth(t, func(w *world) {
		w.room("restricted")
		other := uuid.New()
		require.NoError(w, w.st.InTx(w.Context(), func(tx *store.Tx) error {
			if err := tx.DeleteRoom(w.Context(), room); err != nil {
				return err
			}
			return w.DeletedTx(w.Context(), tx, room)
		}))
		for id, want := range map[uuid.UUID]bool{room: true, other: false} {
			gone, err := w.Gone(w.Context(), id)
			require.NoError(w, err)
			require.Equal(w, want, gone)
		}
		end := w.jobs[0]
		require.Equal(w, "end", end.kind)
		run := func() error { return w.Work(w.Context(), module.Job{Kind: end.kind, Args: end.args}) }
		w.down = &livekit.Error{Code: "unavailable", Err: errors.New("down")}
		require.ErrorIs(w, run(), livekit.ErrUnavailable, "tried again")
		for _, w.down = range []error{nil, &livekit.Error{Code: "not_found", Err: errors.New("gone")}, livekit.ErrNoKey} {
			require.NoError(w, run())
		}
		w.down, w.ended = nil, nil
		require.NoError(w, w.joined(person("ada")), "with a token from before")
		require.Equal(w, []string{room.String()}, w.ended)
		w.patrol(w.guest())
		require.Len(w, w.ended, 2)
		started := func(room uuid.UUID) error {
			body := fmt.Sprintf(`{"event":"room_started","room":{"name":"%s"}}`, room)
			return w.Listen(w.Context(), module.Event{Name: "room_started", Room: room.String(), At: time.Now(), Body: []byte(body)})
		}
		require.Contains(w, w.Events(), "room_started")
		require.NoError(w, started(room), "of whoever gets no media through nothing else tells")
		require.NoError(w, started(other))
		require.Len(w, w.ended, 3)
		w.down = &livekit.Error{Code: "unavailable", Err: errors.New("down")}
		require.ErrorIs(w, started(room), livekit.ErrUnavailable, "tried again")
		w.down = nil
		require.ErrorIs(w, w.Work(w.Context(), module.Job{Kind: "end", Args: []byte("{")}), module.ErrGiveUp)

		_, err := w.st.DeleteExpiredKV(w.Context(), time.Now().Add(time.Hour+time.Minute), 1000)
		require.NoError(w, err)
		gone, err := w.Gone(w.Context(), room)
		require.NoError(w, err)
		require.False(w, gone, "there is no token left")
	})
}
