package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// legacyTables are the columns of the replaced server's product tables with their
// types (database.md 2); its migration rows alone could be wrong.
var legacyTables = map[string]string{
	"meet_user": "password varchar(128), last_login timestamptz, is_superuser boolean, id uuid, created_at timestamptz, " +
		"updated_at timestamptz, sub varchar(255), email varchar(254), admin_email varchar(254), language varchar(10), " +
		"timezone varchar(63), is_device boolean, is_staff boolean, is_active boolean, full_name varchar(100), " +
		"short_name varchar(100), default_room_access_level varchar(50), default_room_configuration jsonb",
	"meet_resource": "id uuid, created_at timestamptz, updated_at timestamptz",
	"meet_room": "name varchar(500), resource_id uuid, slug varchar(100), configuration jsonb, " +
		"access_level varchar(50), pin_code varchar",
	"meet_resource_access": "id uuid, created_at timestamptz, updated_at timestamptz, role varchar(20), " +
		"resource_id uuid, user_id uuid",
	"meet_recording": "id uuid, created_at timestamptz, updated_at timestamptz, status varchar(50), worker_id varchar(255), " +
		"room_id uuid, mode varchar(20), options jsonb, external_process_id varchar(255)",
	"meet_recording_access": "id uuid, created_at timestamptz, updated_at timestamptz, team varchar(100), role varchar(20), " +
		"recording_id uuid, user_id uuid",
	"meet_application": "id uuid, created_at timestamptz, updated_at timestamptz, name varchar(255), is_active boolean, " +
		"client_id varchar(100), client_secret varchar(255), scopes varchar(50)[]",
	"meet_application_domain": "id uuid, created_at timestamptz, updated_at timestamptz, domain varchar(253), application_id uuid",
	"file": "id uuid, created_at timestamptz, updated_at timestamptz, type varchar(25), title varchar(255), " +
		"deleted_at timestamptz, hard_deleted_at timestamptz, filename varchar(255), upload_state varchar(25), " +
		"mimetype varchar(255), size bigint, description text, malware_detection_info jsonb, creator_id uuid",
}

// legacyRules are the unique indexes that enforce what the code relies on.
var legacyRules = []string{
	"meet_user_pkey", "meet_user_sub_key", "meet_user_admin_email_key", "unique_email_when_sub_is_null",
	"meet_resource_pkey", "meet_room_pkey", "meet_room_slug_key", "meet_room_pin_code_key",
	"resource_access_unique_user_resource", "unique_initiated_or_active_recording_per_room",
	"meet_recording_external_process_id_key", "unique_recording_user", "unique_recording_team",
	"meet_application_client_id_key",
}

// judgeStructure compares the tables with what the migration rows promise. Extras
// are fine, such as an operator's own index or nullable column, but not a column
// that would make every insert fail.
func (s *Store) judgeStructure(ctx context.Context) error {
	var wanted, tables []string
	for table, columns := range legacyTables {
		tables = append(tables, table)
		for column := range strings.SplitSeq(columns, ", ") {
			wanted = append(wanted, "column "+table+"."+column)
		}
	}
	for _, rule := range legacyRules {
		wanted = append(wanted, "unique index "+rule)
	}
	slices.Sort(wanted)
	text := func(r rows) (n string, err error) { return n, r.Scan(&n) }
	there, err := all(ctx, s.c, text, `SELECT 'column ' || c.relname || '.' || a.attname || ' ' ||
			replace(replace(format_type(a.atttypid, a.atttypmod), 'character varying', 'varchar'),
			'timestamp with time zone', 'timestamptz')
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
		UNION ALL SELECT 'unique index ' || c.relname
		FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = current_schema() AND i.indisunique AND i.indisvalid`)
	if err != nil {
		return fmt.Errorf("read the structure: %w", err)
	}
	if missing := missingFrom(there, wanted); len(missing) > 0 {
		return fmt.Errorf("the database says that all migrations of the replaced server ran, but it lacks %s%s",
			shortened(missing), untouched)
	}
	required, err := all(ctx, s.c, text, `SELECT c.relname || '.' || a.attname
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = current_schema() AND c.relname = ANY($1) AND a.attnum > 0 AND NOT a.attisdropped
		AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' ORDER BY 1`, tables)
	if err != nil {
		return fmt.Errorf("read the required columns: %w", err)
	}
	unknown := slices.DeleteFunc(required, func(name string) bool {
		table, column, _ := strings.Cut(name, ".")
		return strings.Contains(", "+legacyTables[table], ", "+column+" ")
	})
	if len(unknown) > 0 {
		return fmt.Errorf("the database requires columns that this program does not know: %s%s", shortened(unknown), untouched)
	}
	return nil
}

// shortened names only the first few.
func shortened(names []string) string {
	const few = 5
	if len(names) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
	}
	return strings.Join(names, ", ")
}
