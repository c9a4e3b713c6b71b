package memory

import (
	"encoding/json"
	"fmt"
	"maps"
	"syscall"

	"github.com/google/uuid"
)

// errAway is the error of a media server that is down.
var errAway = fmt.Errorf("call the media server: %w", syscall.ECONNREFUSED)

// StartMeeting makes the room live, without metadata. It emits nothing: use Emit
// for LiveKit's events.
func (g *Gateway) StartMeeting(room uuid.UUID) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.meetings[room] = map[string]json.RawMessage{}
}

// Meeting reports whether the room is live, and returns its metadata.
func (g *Gateway) Meeting(room uuid.UUID) (metadata map[string]json.RawMessage, live bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	m, live := g.meetings[room]
	return maps.Clone(m), live
}

// LoseMediaServer makes every call that needs the media server fail as if
// connections were refused, until FindMediaServer.
func (g *Gateway) LoseMediaServer() { g.lose(true) }

// FindMediaServer ends LoseMediaServer. Meetings go on.
func (g *Gateway) FindMediaServer() { g.lose(false) }

func (g *Gateway) lose(away bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.away = away
}
