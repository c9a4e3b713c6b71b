package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

// migrated returns a database of this program.
func migrated(t *testing.T) config.Database {
	cfg := postgres(t)
	require.NoError(t, open(t, cfg).Migrate(t.Context()))
	return cfg
}

func TestMigrate_refuses_what_it_does_not_know_and_leaves_it(t *testing.T) {
	for name, c := range map[string]struct {
		database func(*testing.T) config.Database
		change   string
		message  string
	}{
		"an older release": {legacy, `DELETE FROM django_migrations WHERE app = 'core' AND name >= '0020'`,
			"the database is at core.0019_user_unique_email_when_sub_is_null of the replaced server: run the migrations of La Suite Meet 1.27 once"},
		"a hole": {legacy, `DELETE FROM django_migrations WHERE name IN ('0014_room_pin_code', '0017_file')`,
			"lacks migration core.0014_room_pin_code, core.0017_file but has later ones"},
		"a newer release": {legacy, `INSERT INTO django_migrations (app, name, applied) VALUES ('core', '0023_more', now())`,
			"newer than La Suite Meet 1.27: it has migration core.0023_more"},
		"a newer release with a hole": {legacy, `UPDATE django_migrations SET name = '0023_more' WHERE name = '0017_file'`, "0023_more"},
		"another Django program":      {legacy, `DELETE FROM django_migrations WHERE app = 'core'`, "without La Suite Meet"},
		"a missing column": {legacy, `ALTER TABLE meet_user DROP COLUMN default_room_configuration`,
			"lacks column meet_user.default_room_configuration jsonb"},
		"a renamed column": {legacy, `ALTER TABLE meet_application RENAME is_active TO active`, "lacks column meet_application.is_active boolean"},
		"another type": {legacy, `ALTER TABLE meet_recording ALTER status TYPE varchar(20) USING 'x'`,
			"lacks column meet_recording.status varchar(50)"},
		"a missing table": {legacy, `DROP TABLE file`, "file.creator_id uuid, column file.deleted_at timestamptz"},
		"a missing rule":  {legacy, `DROP INDEX unique_email_when_sub_is_null`, "lacks unique index unique_email_when_sub_is_null"},
		"a weakened rule": {legacy, `ALTER TABLE meet_room DROP CONSTRAINT meet_room_slug_key; CREATE INDEX meet_room_slug_key ON meet_room (slug)`,
			"lacks unique index meet_room_slug_key"},
		"a column to fill": {legacy, `ALTER TABLE meet_room ADD extra text; UPDATE meet_room SET extra = ''; ALTER TABLE meet_room ALTER extra SET NOT NULL`,
			"requires columns that this program does not know: meet_room.extra"},
		"foreign tables":    {postgres, `CREATE TABLE posts (id int); INSERT INTO posts VALUES (1)`, "tables of something else (posts)"},
		"a newer program":   {migrated, `INSERT INTO foyer_migration (version_id, is_applied) VALUES (99, true)`, "at schema version 99 and this program knows"},
		"a hole of our own": {migrated, `DELETE FROM foyer_migration WHERE version_id = 1`, "misses migration 1 but has [2"},
		"a doubled of ours": {migrated, `INSERT INTO foyer_migration (version_id, is_applied) VALUES (1, true)`, "misses migration 2 but has [1 1 2"},
		"a newer release after ours": {migrated, `INSERT INTO django_migrations (app, name, applied) VALUES ('core', '0023_more', now())`,
			"newer than La Suite Meet 1.27: it has migration core.0023_more"},
		"tables behind zero": {migrated, `DELETE FROM foyer_migration WHERE version_id > 0; DROP TABLE django_migrations`, "tables of something else"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := c.database(t)
			run(t, cfg, c.change)
			before := fingerprint(t, cfg)
			s := open(t, cfg)
			for range 2 {
				err := s.Migrate(t.Context())
				require.ErrorContains(t, err, c.message)
				require.ErrorContains(t, err, "nothing was changed")
				require.Error(t, s.Check(t.Context()))
			}
			require.Equal(t, before, fingerprint(t, cfg))
		})
	}
}

func TestMigrate_refuses_an_unknown_version_of_SQLite_and_leaves_it(t *testing.T) {
	for name, c := range map[string]struct{ change, message string }{
		"newer": {`INSERT INTO foyer_migration (version_id, is_applied) VALUES (99, 1)`, "at schema version 99 and this program knows"},
		"hole":  {`DELETE FROM foyer_migration WHERE version_id = 1`, "misses migration 1 but has [2"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := sqlite(t)
			s := open(t, cfg)
			require.NoError(t, s.Migrate(t.Context()))
			_, err := s.SQLDB().ExecContext(t.Context(), c.change)
			require.NoError(t, err)
			before := liteFingerprint(t, cfg)
			require.ErrorContains(t, s.Migrate(t.Context()), c.message)
			require.ErrorContains(t, s.Check(t.Context()), c.message)
			require.Equal(t, before, liteFingerprint(t, cfg))
		})
	}
}
