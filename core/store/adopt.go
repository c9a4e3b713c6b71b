package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// legacyCore are the product migrations of the replaced server that lead to the
// schema we know (database.md 7).
var legacyCore = []string{
	"0001_initial", "0002_create_pg_trgm_extension", "0003_alter_room_configuration", "0004_alter_user_language",
	"0005_recording_recordingaccess_and_more", "0006_merge_duplicate_users", "0007_recording_mode",
	"0008_user_full_name_user_short_name", "0009_alter_recording_status",
	"0010_alter_resourceaccess_options_alter_user_options", "0011_remove_resource_is_public_room_access_level",
	"0012_alter_room_access_level", "0013_alter_user_language", "0014_room_pin_code", "0015_application_and_more",
	"0016_recording_options", "0017_file", "0018_rename_active_application_is_active",
	"0019_user_unique_email_when_sub_is_null", "0020_alter_file_upload_state",
	"0021_recording_external_process_id_alter_recording_status", "0022_user_default_room_access_level_and_more",
}

// recognise decides what a PostgreSQL database without our bookkeeping is: empty,
// which is fine; the replaced server's, which is adopted; or something else,
// which is refused and left untouched.
func (s *Store) recognise(ctx context.Context) error {
	legacy, err := s.hasTable(ctx, "django_migrations")
	if err != nil {
		return err
	}
	if !legacy {
		return s.refuseOccupied(ctx)
	}
	applied, err := s.legacyApplied(ctx)
	if err != nil {
		return err
	}
	if err := judgeLegacy(applied); err != nil {
		return err
	}
	if err := s.judgeStructure(ctx); err != nil {
		return err
	}
	if err := s.adopt(ctx); err != nil {
		return fmt.Errorf("adopt the database: %w", err)
	}
	return nil
}

func (s *Store) legacyApplied(ctx context.Context) ([]string, error) {
	applied, err := all(ctx, s.c, func(r rows) (n string, err error) { return n, r.Scan(&n) },
		`SELECT DISTINCT name FROM django_migrations WHERE app = 'core' ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("read the replaced server's migrations: %w", err)
	}
	return applied, nil
}

// refuseNewer refuses a database that we know but that a later release of the
// replaced server, put back to work for a while, has since changed. A database
// whose owner has dropped its framework's tables is fine.
func (s *Store) refuseNewer(ctx context.Context) error {
	legacy, err := s.hasTable(ctx, "django_migrations")
	if err != nil || !legacy {
		return err
	}
	applied, err := s.legacyApplied(ctx)
	if err != nil {
		return err
	}
	return judgeNewer(applied)
}

const untouched = "; nothing was changed"

func judgeNewer(applied []string) error {
	if beyond := missingFrom(legacyCore, applied); len(beyond) > 0 {
		return fmt.Errorf("the database is newer than La Suite Meet 1.27: it has migration core.%s, which this program does not know%s",
			strings.Join(beyond, ", core."), untouched)
	}
	return nil
}

// judgeLegacy accepts only the known set of migrations.
func judgeLegacy(applied []string) error {
	if err := judgeNewer(applied); err != nil {
		return err
	}
	missing := missingFrom(applied, legacyCore)
	switch {
	case len(applied) == 0:
		return errors.New("the database has a django_migrations table without La Suite Meet: it is another program's" + untouched)
	case len(missing) == 0:
		return nil
	case missing[0] > applied[len(applied)-1]:
		return fmt.Errorf("the database is at core.%s of the replaced server: run the migrations of La Suite Meet 1.27 once, then start again%s",
			applied[len(applied)-1], untouched)
	default:
		return fmt.Errorf("the database lacks migration core.%s but has later ones: it is broken or was edited by hand%s",
			strings.Join(missing, ", core."), untouched)
	}
}

// refuseOccupied accepts a schema without any table but an empty bookkeeping one.
func (s *Store) refuseOccupied(ctx context.Context) error {
	tables, err := all(ctx, s.c, func(r rows) (n string, err error) { return n, r.Scan(&n) },
		`SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> $1
		ORDER BY tablename LIMIT 5`, bookkeeping)
	if err != nil {
		return fmt.Errorf("list tables: %w", err)
	}
	if len(tables) > 0 {
		return fmt.Errorf("the database holds tables of something else (%s): give the gateway an empty database, or one of La Suite Meet 1.27%s",
			strings.Join(tables, ", "), untouched)
	}
	return nil
}
