package memory

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"foyer/sdk/module"
)

// step is a module.Then, checked and encoded.
type step struct {
	module string
	writes []module.DocumentWrite
	jobs   []*task
	events []module.Event
}

// stepOf checks what does not depend on what is stored. It holds no lock, because
// encoding may run code of the module.
func stepOf(moduleName string, then module.Then) (step, error) {
	s := step{module: moduleName, writes: then.Write}
	if err := then.Check(moduleName); err != nil {
		return s, err
	}
	for _, n := range then.Jobs {
		j, err := taskOf(moduleName, n.Kind, n.Args, n.Options)
		if err != nil {
			return s, err
		}
		s.jobs = append(s.jobs, j)
	}
	for _, e := range then.Emit {
		body, err := json.Marshal(e.Body)
		if err != nil {
			return s, fmt.Errorf("%w: encode event %s: %w", module.ErrInvalid, e.Name, err)
		}
		if err := checkText(e.ID, e.Name, e.Room); err != nil {
			return s, fmt.Errorf("emit event %s: %w", e.Name, err)
		}
		s.events = append(s.events, module.Event{ID: e.ID, Name: e.Name, Room: e.Room, Body: body})
	}
	return s, nil
}

// allows returns the error if something stored forbids the step: of several
// writes that of the first place, as the gateway does. The lock is held.
func (g *Gateway) allows(s step) error {
	byPlace := func(a, b module.DocumentWrite) int {
		return cmp.Or(cmp.Compare(namespaceOf(s.module, a.Collection), namespaceOf(s.module, b.Collection)), cmp.Compare(a.Key, b.Key))
	}
	for _, w := range slices.SortedFunc(slices.Values(s.writes), byPlace) {
		d, there := g.find(namespaceOf(s.module, w.Collection), w.Key)
		var err error
		switch {
		case w.Revision == module.AnyRevision:
		case w.Revision == 0 && there:
			err = module.ErrConflict
		case w.Revision == 0:
		case !there:
			err = module.ErrNotFound
		case d.Revision != w.Revision:
			err = module.ErrChanged
		}
		if err != nil {
			return fmt.Errorf("write %s/%s: %w", w.Collection, w.Key, err)
		}
	}
	return nil
}

// take takes a step that nothing forbids, and returns the revisions of the
// written documents; the lock is held.
func (g *Gateway) take(s step) []int64 {
	var revisions []int64
	for _, w := range s.writes {
		namespace, revision := namespaceOf(s.module, w.Collection), int64(0)
		if w.Delete {
			delete(g.documents[namespace], w.Key)
		} else {
			revision = g.store(namespace, w.Key, w.Value, w.ExpiresAt, w.Index)
		}
		revisions = append(revisions, revision)
	}
	for _, j := range s.jobs {
		g.enqueue(j)
	}
	for _, e := range s.events {
		g.accept(e)
	}
	return revisions
}
