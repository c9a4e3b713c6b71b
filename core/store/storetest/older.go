package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// olderPrograms tests that a program from before documents works on the same
// tables: these are its statements.
func olderPrograms(t *testing.T, s *store.Store) {
	ctx, now := t.Context(), moment
	created(t, s, "m/things", "k", "v", map[string]string{"by": "x"})
	expired, blob := now.Add(-time.Second), "'\\x6f6c64'"
	if s.PgxPool() == nil {
		blob = "x'6f6c64'"
	}
	_, err := write(ctx, s, store.DocumentWrite{Namespace: "m/things", Key: "gone", ExpiresAt: &expired, Index: map[string]string{"by": "x"}}, now.Add(-time.Hour))
	require.NoError(t, err)

	const upsert = ` ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`
	execute(t, s, `INSERT INTO foyer_kv (namespace, key, value, expires_at) VALUES ('m', 'old', `+blob+`, NULL)`+upsert)
	execute(t, s, `INSERT INTO foyer_kv (namespace, key, value, expires_at) VALUES ('m', 'old', `+blob+`, NULL)`+upsert+` WHERE foyer_kv.expires_at <= '2026-01-01 00:00:00+00:00'`)
	execute(t, s, `INSERT INTO foyer_kv (namespace, key, value, expires_at) VALUES ('m', 'old', `+blob+`, NULL)`+upsert+` WHERE foyer_kv.value < excluded.value`)
	v, err := s.KVGet(ctx, "m", "old", now)
	require.NoError(t, err)
	require.Equal(t, "old", string(v))
	list, err := s.Documents(ctx, "m", now, "old")
	require.NoError(t, err)
	require.Len(t, list, 1, "what it wrote is a document")
	_, err = write(ctx, s, store.DocumentWrite{Namespace: "m", Key: "old", Value: []byte("new"), Revision: list[0].Revision}, now)
	require.NoError(t, err)
	execute(t, s, `DELETE FROM foyer_kv WHERE namespace = 'm' AND key = 'old' AND value = `+blob)
	_, err = s.KVGet(ctx, "m", "old", now)
	require.NoError(t, err, "it holds another value now")

	require.Equal(t, 2, count(t, s, "foyer_document_index"))
	execute(t, s, `DELETE FROM foyer_kv WHERE expires_at <= '2026-06-01 00:00:00+00:00'`)
	require.Equal(t, 1, count(t, s, "foyer_document_index"), "its clean-up leaves nothing of a document behind")
	require.Equal(t, []string{"k"}, keysOf(t, s, store.DocumentQuery{Namespace: "m/things", Index: "by", Value: "x"}))
}
