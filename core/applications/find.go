package applications

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/conf"
)

// UnknownError is a name that no application has. It is a store.ErrNotFound.
type UnknownError struct {
	Name string
	Near string // a name that may have been meant, "" = none
}

func (e *UnknownError) Error() string { return fmt.Sprintf("there is no application %q", e.Name) }

// Unwrap returns store.ErrNotFound.
func (e *UnknownError) Unwrap() error { return store.ErrNotFound }

// AmbiguousError is a name that several applications have. It is a
// store.ErrConflict.
type AmbiguousError struct {
	Name      string
	ClientIDs []string // of those that have it
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%d applications are named %q", len(e.ClientIDs), e.Name)
}

// Unwrap returns store.ErrConflict.
func (e *AmbiguousError) Unwrap() error { return store.ErrConflict }

// List returns all applications by name, without the hashes of their secrets.
func (s Service) List(ctx context.Context) ([]store.Application, error) {
	list, err := s.store.Applications(ctx)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i] = withoutHashes(list[i])
	}
	return list, nil
}

// Find returns the application that name refers to: a client id, an id, or a name
// that only one application has, ignoring case. Its errors are an *UnknownError,
// an *AmbiguousError, or a failure.
func (s Service) Find(ctx context.Context, name string) (store.Application, error) {
	list, err := s.List(ctx)
	if err != nil {
		return store.Application{}, err
	}
	var found []store.Application
	var names, ids []string
	for _, a := range list {
		if a.ClientID == name || a.ID.String() == name {
			return a, nil
		}
		if strings.EqualFold(a.Name, name) {
			found, ids = append(found, a), append(ids, a.ClientID)
		}
		names = append(names, a.Name)
	}
	switch len(found) {
	case 0:
		return store.Application{}, &UnknownError{Name: name, Near: conf.Nearest(name, names)}
	case 1:
		return found[0], nil
	}
	return store.Application{}, &AmbiguousError{Name: name, ClientIDs: ids}
}

// LastUses returns when each secret and key of an application, by its id, last
// obtained a token.
func (s Service) LastUses(ctx context.Context, id uuid.UUID) (map[string]time.Time, error) {
	return s.store.LastUses(ctx, id)
}

// Audit returns lines of the audit log, newest first.
func (s Service) Audit(ctx context.Context, q store.AuditQuery) ([]store.AuditEntry, error) {
	return s.store.Audit(ctx, q)
}
