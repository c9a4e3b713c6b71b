package events_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// witness is a module that keeps what it is told. It fails the first delivery for a new
// room.
type witness struct {
	name   string
	events []string
	host   module.Host
}

func newWitness() module.Module { return &witness{name: "witness", events: []string{"core.*"}} }

func newDoorman() module.Module {
	return &witness{name: "doorman", events: []string{module.EventRoomDeleted}}
}

// sighting is what it keeps about an event.
type sighting struct {
	Name, Room, Body string
	Deliveries       int
}

func (w *witness) Name() string { return w.name }

func (w *witness) Config() conf.Section { return w }

func (w *witness) Fields(*conf.Fields) {}

func (w *witness) Needs() module.Needs { return module.Needs{Documents: true} }

func (w *witness) Routes() []module.Route { return nil }

func (w *witness) Start(_ context.Context, h module.Host) error { w.host = h; return nil }

func (w *witness) Stop(context.Context) error { return nil }

func (w *witness) Events() []string { return w.events }

func (w *witness) Listen(ctx context.Context, e module.Event) error {
	s := sighting{Name: e.Name, Room: e.Room, Body: string(e.Body)}
	d, err := w.host.Documents().Get(ctx, "seen", e.ID)
	if err == nil {
		var before sighting
		if err := json.Unmarshal(d.Value, &before); err != nil {
			return err
		}
		if s.Deliveries = before.Deliveries; before != s {
			return fmt.Errorf("event %s was %v and is %v", e.ID, before, s)
		}
	} else if !errors.Is(err, module.ErrNotFound) {
		return err
	}
	s.Deliveries++
	raw, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if _, err = w.host.Documents().Commit(ctx, module.Then{Write: []module.DocumentWrite{{
		Collection: "seen", Key: e.ID, Value: raw, Revision: d.Revision,
	}}}); err != nil {
		return err
	}
	if s.Deliveries == 1 && e.Name == module.EventRoomCreated {
		return errors.New("once more, please")
	}
	return nil
}
