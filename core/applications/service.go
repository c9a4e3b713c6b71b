package applications

import (
	"context"
	"time"

	"github.com/google/uuid"

	"foyer/core/store"
)

// Store keeps applications; *store.Store is one.
type Store interface {
	InTx(ctx context.Context, f func(*store.Tx) error) error
	Applications(ctx context.Context) ([]store.Application, error)
	ApplicationByClientID(ctx context.Context, clientID string) (store.Application, error)
	LastUses(ctx context.Context, application uuid.UUID) (map[string]time.Time, error)
	Audit(ctx context.Context, q store.AuditQuery) ([]store.AuditEntry, error)

	LiveSecretHashes(ctx context.Context, now time.Time) (map[uuid.UUID][]string, error)
	RenewSecret(ctx context.Context, application, secret uuid.UUID, from, to string) (bool, error)
	Bearer(ctx context.Context, clientID string, user uuid.UUID, tokenIDs ...string) (store.Bearer, error)
	RevokeToken(ctx context.Context, tokenID string, until time.Time) error
	AppendAudit(ctx context.Context, entries ...store.AuditEntry) error
}

// Rules are what applications may have.
type Rules struct {
	// Scopes are the known ones, in the order in which people are shown them; nil
	// = Scopes(). Others can be granted if they may belong to modules that are
	// not in this program.
	Scopes []string
	// ClientIDLength and SecretLength are how many characters are generated; 0
	// means 40 and 128 (external-api.md 4).
	ClientIDLength, SecretLength int
}

// Service keeps the applications; it implements module.Applications. The caller
// must check who may change one; who does is in the context (module.AuthorFrom).
type Service struct {
	store Store
	rules Rules
}

// New returns the service for the applications of s.
func New(s Store, rules Rules) Service {
	if rules.Scopes == nil {
		rules.Scopes = Scopes()
	}
	if rules.ClientIDLength == 0 {
		rules.ClientIDLength = 40
	}
	if rules.SecretLength == 0 {
		rules.SecretLength = 128
	}
	return Service{s, rules}
}
