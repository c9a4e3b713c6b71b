package migrated

import (
	"context"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/pgdev"
)

// Template is the environment variable with the name of the migrated database on the
// server that pgdev.Variable names. Without it, each is migrated: other people's servers
// keep nothing of ours.
const Template = "FOYER_TEST_POSTGRES_TEMPLATE"

// own is the template on this process's server.
var own = sync.OnceValues(func() (name string, err error) {
	ctx, name := context.Background(), "foyer_migrated"
	s, err := pgdev.Private()
	if err != nil {
		return "", err
	}
	return name, s.Template(ctx, name, func(url string) error { return Postgres(ctx, url) })
})

// PostgresT is pgdev.New for a migrated database.
func PostgresT(t testing.TB) (url string) {
	t.Helper()
	if name := os.Getenv(Template); name != "" {
		return pgdev.Copy(t, name)
	}
	if os.Getenv(pgdev.Variable) == "" {
		name, err := own()
		require.NoError(t, err)
		return pgdev.Copy(t, name)
	}
	url = pgdev.New(t)
	require.NoError(t, Postgres(t.Context(), url))
	return url
}
