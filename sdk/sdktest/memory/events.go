package memory

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// Listen subscribes the module to events with these names, or prefixes of names
// (module.Listens), from now on; Run delivers them.
func (g *Gateway) Listen(moduleName string, events ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.listeners[moduleName] = events
}

// Emit stores an event, such as LiveKit's "room_started", with a delivery to each
// module that listens. An empty ID, and the date, are filled in.
func (g *Gateway) Emit(e module.Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.accept(e)
}

// Events returns the events that have happened, in order: of modules, of the core
// and from Emit.
func (g *Gateway) Events() []module.Event {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.events)
}

// accept stores an event if its id is new; the lock is held.
func (g *Gateway) accept(e module.Event) {
	if e.ID == "" {
		e.ID = uuid.NewString()
	}
	if slices.ContainsFunc(g.events, func(other module.Event) bool { return other.ID == e.ID }) {
		return
	}
	if e.At = stamp(e.At); e.At.IsZero() {
		e.At = g.now()
	}
	g.events = append(g.events, e)
	for _, moduleName := range slices.Sorted(maps.Keys(g.listeners)) {
		if module.Listens(g.listeners[moduleName], e.Name) {
			g.enqueue(&task{Job: Job{Module: moduleName, Kind: "event", Event: &e, State: Waiting, MaxAttempts: defaultAttempts}})
		}
	}
}

// tell stores an event of the core with the change that caused it; the lock is
// held.
func (g *Gateway) tell(name string, room uuid.UUID, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err) // the core's bodies are types of the contract
	}
	e := module.Event{Name: name, Body: raw}
	if room != uuid.Nil {
		e.Room = room.String()
	}
	g.accept(e)
}
