package documents

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"foyer/core/store"
	"foyer/sdk/module"
)

// Database keeps documents; *store.Store does.
type Database interface {
	Documents(ctx context.Context, ns string, now time.Time, keys ...string) ([]store.Document, error)
	ListDocuments(ctx context.Context, x store.DocumentQuery, now time.Time) (list []store.Document, more bool, err error)
	InTx(ctx context.Context, f func(*store.Tx) error) error
}

// Jobs stores jobs; *jobs.Client is one.
type Jobs interface {
	EnqueueTx(ctx context.Context, tx *store.Tx, moduleName, kind string, args any, o module.JobOptions) error
}

// Events takes events; *events.Bus is one.
type Events interface {
	AcceptTx(ctx context.Context, tx *store.Tx, e module.Event) error
}

// Service keeps documents of all modules.
type Service struct {
	store  Database
	jobs   Jobs
	events Events
}

// New keeps them in s, with what follows in j and e.
func New(s Database, j Jobs, e Events) *Service { return &Service{s, j, e} }

// For gives documents to the module of that name.
func (s *Service) For(moduleName string) module.Documents { return &keeper{s, moduleName} }

// Follow stores what follows a step of the module in the step's transaction: a
// crash leaves both or neither. It gives the revisions of the documents that were
// written.
func (s *Service) Follow(ctx context.Context, tx *store.Tx, moduleName string, then module.Then) ([]int64, error) {
	writes, err := writesOf(moduleName, then.Write)
	switch {
	case err != nil:
		return nil, err
	case len(then.Jobs) > followLimit || len(then.Emit) > followLimit:
		return nil, invalid("%d jobs and %d events at once: %d of each are the most", len(then.Jobs), len(then.Emit), followLimit)
	}
	revisions, err := writes.commit(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, j := range then.Jobs {
		if err := s.jobs.EnqueueTx(ctx, tx, moduleName, j.Kind, j.Args, j.Options); err != nil {
			return nil, err
		}
	}
	for _, e := range then.Emit {
		if err := s.emit(ctx, tx, moduleName, e); err != nil {
			return nil, err
		}
	}
	return revisions, nil
}

func (s *Service) emit(ctx context.Context, tx *store.Tx, moduleName string, e module.Emission) error {
	if !strings.HasPrefix(e.Name, moduleName+"_") {
		return invalid("module %s emits %q: its events are named %s_…", moduleName, e.Name, moduleName)
	}
	if e.ID == "" {
		return invalid("event %s has no id", e.Name)
	}
	body, err := json.Marshal(e.Body)
	if err != nil {
		return invalid("encode event %s: %v", e.Name, err)
	}
	return s.events.AcceptTx(ctx, tx, module.Event{ID: e.ID, Name: e.Name, Room: e.Room, At: time.Now().UTC(), Body: body})
}
