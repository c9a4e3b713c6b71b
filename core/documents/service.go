package documents

import (
	"context"
	"encoding/json"
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

// Events accepts events; *events.Bus is one.
type Events interface {
	AcceptTx(ctx context.Context, tx *store.Tx, e module.Event) error
}

// Service keeps the documents of all modules.
type Service struct {
	store  Database
	jobs   Jobs
	events Events
}

// New returns the service, which keeps them in s, and what follows in j and e.
func New(s Database, j Jobs, e Events) *Service { return &Service{s, j, e} }

// For returns the documents of the module of that name.
func (s *Service) For(moduleName string) module.Documents { return &keeper{s, moduleName} }

// Follow stores what follows a step of the module in the same transaction as the
// step: a crash leaves both or neither. It returns the revisions of the documents
// written.
func (s *Service) Follow(ctx context.Context, tx *store.Tx, moduleName string, then module.Then) ([]int64, error) {
	if err := then.Check(moduleName); err != nil {
		return nil, err
	}
	revisions, err := writesOf(moduleName, then.Write).commit(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, j := range then.Jobs {
		if err := s.jobs.EnqueueTx(ctx, tx, moduleName, j.Kind, j.Args, j.Options); err != nil {
			return nil, err
		}
	}
	for _, e := range then.Emit {
		if err := s.emit(ctx, tx, e); err != nil {
			return nil, err
		}
	}
	return revisions, nil
}

func (s *Service) emit(ctx context.Context, tx *store.Tx, e module.Emission) error {
	body, err := json.Marshal(e.Body)
	if err != nil {
		return invalid("encode event %s: %v", e.Name, err)
	}
	return s.events.AcceptTx(ctx, tx, module.Event{ID: e.ID, Name: e.Name, Room: e.Room, At: time.Now().UTC(), Body: body})
}
