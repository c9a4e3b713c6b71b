package memory

import (
	"encoding/json"
	"fmt"
	"maps"
	"syscall"

	"github.com/google/uuid"
)

// errAway is what a media server that is away answers.
var errAway = fmt.Errorf("call the media server: %w", syscall.ECONNREFUSED)

// StartMeeting makes the room live, without metadata. LiveKit's events are for Emit.
func (g *Gateway) StartMeeting(room uuid.UUID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.meetings[room] = map[string]json.RawMessage{}
}

// Meeting tells whether the room is live, and its metadata.
func (g *Gateway) Meeting(room uuid.UUID) (metadata map[string]json.RawMessage, live bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	m, live := g.meetings[room]
	return maps.Clone(m), live
}

// LoseMediaServer has every call that needs the media server fail, as when
// connections are refused, until it is found again.
func (g *Gateway) LoseMediaServer() { g.lose(true) }

// FindMediaServer ends LoseMediaServer. Meetings go on.
func (g *Gateway) FindMediaServer() { g.lose(false) }

func (g *Gateway) lose(away bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.away = away
}
