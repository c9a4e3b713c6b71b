package topics

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"foyer/sdk/module"
)

// Prefix starts the name of every topic, such as "core.mail". No module can have
// such a name: jobs of both are in one queue.
const Prefix = "core."

// Modules are the modules of the gateway; *catalog.Catalog is one.
type Modules interface {
	For(event string) []string
	Works(name string) bool
	Deliver(ctx context.Context, name string, e module.Event) error
	Work(ctx context.Context, name string, j module.Job) error
}

// Topic is a part of the core that runs jobs of its own (module.Worker), listens
// to events (module.Listener), or both. It is always on.
type Topic interface {
	// Name begins with Prefix. It is stored with every job, so it never changes.
	Name() string
}

// Registry implements jobs.Runner and events.Listeners for modules and topics
// alike.
type Registry struct {
	modules Modules
	topics  map[string]Topic
}

// New returns a registry that knows only the modules.
func New(m Modules) *Registry { return &Registry{modules: m, topics: map[string]Topic{}} }

// Add makes topics known. Call it while assembling the gateway, before jobs run
// and events arrive.
func (r *Registry) Add(topics ...Topic) error {
	for _, t := range topics {
		name := t.Name()
		if !strings.HasPrefix(name, Prefix) {
			return fmt.Errorf("topic %q: its name has to begin with %q", name, Prefix)
		}
		if r.topics[name] != nil {
			return fmt.Errorf("topic %q: there are two", name)
		}
		r.topics[name] = t
	}
	return nil
}

// For names the topics and the modules that listen to the event.
func (r *Registry) For(event string) []string {
	var names []string
	for name, t := range r.topics {
		if l, ok := t.(module.Listener); ok && module.Listens(l.Events(), event) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return append(names, r.modules.For(event)...)
}

// Works reports whether the named topic or module accepts jobs and events now: a
// topic always does.
func (r *Registry) Works(name string) bool {
	if strings.HasPrefix(name, Prefix) {
		return r.topics[name] != nil
	}
	return r.modules.Works(name)
}

// Deliver passes an event to the named topic or module.
func (r *Registry) Deliver(ctx context.Context, name string, e module.Event) error {
	if !strings.HasPrefix(name, Prefix) {
		return r.modules.Deliver(ctx, name, e)
	}
	l, ok := r.topics[name].(module.Listener)
	if !ok {
		return fmt.Errorf("deliver event %s: nothing named %s listens", e.ID, name)
	}
	return l.Listen(ctx, e)
}

// Work runs a job of the named topic or module.
func (r *Registry) Work(ctx context.Context, name string, j module.Job) error {
	if !strings.HasPrefix(name, Prefix) {
		return r.modules.Work(ctx, name, j)
	}
	w, ok := r.topics[name].(module.Worker)
	if !ok {
		return fmt.Errorf("work on job %s: nothing named %s works", j.Kind, name)
	}
	return w.Work(ctx, j)
}
