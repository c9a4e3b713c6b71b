package audit_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/modules/external-api/audit"
	"foyer/sdk/module"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// book keeps the entries it is given.
type book struct {
	mu    sync.Mutex
	lines []module.AuditEntry
	err   error
}

func (b *book) Record(_ context.Context, entries ...module.AuditEntry) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.lines = append(b.lines, entries...)
	}
	return b.err
}

func TestRecord_knows_where_the_request_came_from(t *testing.T) {
	b := &book{}
	ctx := module.WithRequestID(module.WithCaller(t.Context(), &module.Caller{Address: "192.0.2.1"}), "request-1")
	require.NoError(t, audit.New(b).Record(ctx, module.AuditEntry{Action: "a"}, module.AuditEntry{Action: "b", Address: "192.0.2.2", RequestID: "other"}))
	require.Len(t, b.lines, 2)
	require.Equal(t, []string{"192.0.2.1", "request-1", "192.0.2.2", "other"},
		[]string{b.lines[0].Address, b.lines[0].RequestID, b.lines[1].Address, b.lines[1].RequestID})
	require.False(t, b.lines[0].At.IsZero())
}

func TestRecord_fails_when_nothing_is_stored(t *testing.T) {
	b := &book{err: errors.New("no database")}
	require.ErrorIs(t, audit.New(b).Record(t.Context(), module.AuditEntry{}), b.err)
}
