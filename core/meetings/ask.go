package meetings

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"foyer/sdk/livekit"
)

const (
	// askTime bounds the questions of one look; anyone not reached then is left
	// to the next. A meeting whose server has died takes 3 s per question.
	askTime = 30 * time.Second
	// asksAtOnce is how many questions run at the same time.
	asksAtOnce = 32
)

// answer is what LiveKit says about a meeting that it lists.
type answer struct {
	known  bool // whether it said anything
	hosted bool // by a live server
	// people are those it lists, without agents and recorders; nil if unknown.
	people []livekit.Participant
	// ghosts are the identities among them that no server has.
	ghosts map[string]bool
}

// ask asks for each room whether a server has it and who is in it. The list
// itself does not say: rooms and participants of a server that died stay on it.
func (m *Meetings) ask(ctx context.Context, rooms []livekit.Room) ([]answer, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	answers := make([]answer, len(rooms))
	err := atOnce(len(rooms), func(i int) (err error) {
		answers[i], err = m.askRoom(ctx, rooms[i].Name)
		return err
	})
	return answers, err
}

func (m *Meetings) askRoom(ctx context.Context, room string) (answer, error) {
	hosted, err := m.live.Hosted(ctx, room)
	if err != nil || !hosted {
		return answer{known: err == nil}, err
	}
	all, err := m.live.ListParticipants(ctx, room)
	if err != nil {
		return answer{known: true, hosted: true}, err
	}
	people := make([]livekit.Participant, 0, len(all))
	for _, p := range all {
		if !p.Dependent && !p.Disconnected {
			people = append(people, p)
		}
	}
	return answer{known: true, hosted: true, people: people}, nil
}

// askPeople asks whether a server has each of the people in rooms suspected of
// listing too many, and notes those that no server has.
func (m *Meetings) askPeople(ctx context.Context, rooms []livekit.Room, answers []answer, suspects []suspect) error {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	ghost := make([]bool, len(suspects))
	err := atOnce(len(suspects), func(i int) error {
		_, err := m.live.AskParticipant(ctx, rooms[suspects[i].room].Name, suspects[i].identity)
		if ghost[i] = errors.Is(err, livekit.ErrNoHost); ghost[i] || errors.Is(err, livekit.ErrNotFound) {
			return nil
		}
		return err
	})
	for i, s := range suspects {
		if a := &answers[s.room]; ghost[i] {
			if a.ghosts == nil {
				a.ghosts = map[string]bool{}
			}
			a.ghosts[s.identity] = true
		}
	}
	return err
}

// suspect is somebody who may exist only on the list.
type suspect struct {
	room     int // index
	identity string
}

// atOnce calls do for 0 to n-1 concurrently, in random order, and returns the
// first error.
func atOnce(n int, do func(i int) error) error {
	var all errgroup.Group
	all.SetLimit(asksAtOnce)
	for _, i := range rand.Perm(n) {
		all.Go(func() error { return do(i) })
	}
	return all.Wait()
}
