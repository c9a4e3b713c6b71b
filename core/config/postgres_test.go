package config_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/internal/dev/pgdev"
)

func TestDatabase_addresses_are_read_as_libpq_and_the_replaced_server_do(t *testing.T) {
	const plain = "postgres://ada:hunter2@h:5433/d"
	for _, x := range []struct{ text, hosts, setting, idle string }{
		{plain, "h:5433", "", ""},
		{"POSTGRES://ada:hunter2@h:5433/d", "h:5433", "", ""},
		{"PostgreSQL://ada:hunter2@h:5433/d", "h:5433", "", ""},
		{"PGSQL://ada:hunter2@h:5433/d?currentSchema=x", "h:5433", "search_path=x", ""},
		{plain + "?keepalives=1&keepalives_idle=30&keepalives_interval=5&keepalives_count=3", "h:5433", "", "keepalives_idle"},
		{plain + "?gssencmode=disable&sslmode=disable", "h:5433", "", "gssencmode"},
		{plain + "?tcp_user_timeout=1000&sslcompression=0&ssl_min_protocol_version=TLSv1.2", "h:5433", "", "tcp_user_timeout"},
		{plain + "?conn_max_age=60", "h:5433", "", "conn_max_age"},
		{plain + "?CONN_MAX_AGE=60&DISABLE_SERVER_SIDE_CURSORS=1", "h:5433", "", "CONN_MAX_AGE"},
		{plain + "?keepalives=1&application_name=a%20b&statement_timeout=5s", "h:5433", "application_name=a b", "keepalives"},
		{plain + "?application_name=a+b;c&keepalives=1&keepalives=0", "h:5433", "application_name=a+b;c", "keepalives"},
		{plain + "?ssl=true", "h:5433", "", ""},
		{plain + "?TimeZone=UTC", "h:5433", "TimeZone=UTC", ""},
		{plain + "?foyer.tenant=7", "h:5433", "foyer.tenant=7", ""},
		{plain + "?options=-c%20jit%3Doff", "h:5433", "options=-c jit=off", ""},
		{plain + "?pool_max_conns=3", "h:5433", "", ""},
		{"postgres://ada:hunter2@%2Ftmp%2Fpg:5433/d", "/tmp/pg:5433", "", ""},
		{"postgres://ada:hunter2@%2ftmp%2fpg/d", "/tmp/pg:5432", "", ""},
		{"postgres://ada:hunter2@%2Ftmp%2Fpg/d?application_name=a", "/tmp/pg:5432", "application_name=a", ""},
		{"postgres://%2Ftmp%2Fpg", "/tmp/pg:5432", "", ""},
		{"postgres://ada:hunter2@%2Ftmp%2Fpg:5433,[2001:db8::1]:5434,h/d?sslmode=disable", "/tmp/pg:5433 2001:db8::1:5434 h:5432", "", ""},
		{"postgres://ada:p%2Fw@h:5433/d", "h:5433", "", ""},
	} {
		t.Run(x.text, func(t *testing.T) {
			c, warnings, err := load(t, "", "DATABASE_URL="+x.text)
			require.NoError(t, err)
			if x.idle != "" {
				require.Contains(t, fmtAll(warnings), "DATABASE_URL: database.url: "+x.idle+" has no use here")
			} else {
				require.NotContains(t, fmtAll(warnings), "has no use here")
			}
			require.NotContains(t, fmtAll(warnings), "hunter2")
			made, err := pgxpool.ParseConfig(c.Database.URL.Reveal())
			require.NoError(t, err)
			hosts := fmt.Sprintf("%s:%d", made.ConnConfig.Host, made.ConnConfig.Port)
			for _, f := range made.ConnConfig.Fallbacks {
				if next := fmt.Sprintf(" %s:%d", f.Host, f.Port); next[1:] != hosts {
					hosts += next
				}
			}
			require.Equal(t, x.hosts, hosts)
			sent := map[string]string{}
			for name, value := range made.ConnConfig.RuntimeParams {
				sent[name+"="+value] = value
			}
			if x.setting != "" {
				require.Contains(t, sent, x.setting)
			}
			for _, never := range []string{"keepalives=1", "gssencmode=disable", "conn_max_age=60", "CONN_MAX_AGE=60", "currentSchema=x"} {
				require.NotContains(t, sent, never)
			}
		})
	}
}

func TestDatabase_parameters_that_the_server_would_refuse_are_refused(t *testing.T) {
	for query, want := range map[string]string{
		"sslmod=require":                   "has the parameter sslmod, which is not known here (did you mean sslmode?)",
		"aplication_name=x":                "did you mean application_name?",
		"hostaddr=127.0.0.1":               "hostaddr",
		"sslcrl=/x":                        "sslcrl",
		"requirepeer=ada":                  "requirepeer",
		"gssencmode=require":               "gssencmode",
		"ssl_min_protocol_version=TLSv1.3": "ssl_min_protocol_version",
		"replication=database":             "replication",
		"keepalive":                        "not written name=value",
		"sslmode=require&jit":              "not written name=value",
		"ssl=1":                            "has the parameter ssl,",
		"hunter2@h/d":                      "write ? in a password as %3F",
	} {
		_, _, err := load(t, "database:\n  url: 'postgres://ada:1@h/d?"+query+"'\n")
		require.ErrorContains(t, err, "config.yaml:2: database.url: ", query)
		require.ErrorContains(t, err, want, query)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

// A server refuses a connection that starts with a setting it does not know.
func TestDatabase_address_with_what_libpq_and_Django_use_opens_a_connection(t *testing.T) {
	address := pgdev.New(t)
	_, _, given := strings.Cut(address, "?")
	address += map[bool]string{true: "&", false: "?"}[given]
	c := mustLoad(t, "", "DATABASE_URL="+address+"keepalives=1&keepalives_idle=30&gssencmode=disable&conn_max_age=60&statement_timeout=5s")
	db, err := pgx.Connect(t.Context(), c.Database.URL.Reveal())
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close(context.Background()) })
	var limit string
	require.NoError(t, db.QueryRow(t.Context(), "SHOW statement_timeout").Scan(&limit))
	require.Equal(t, "5s", limit)
	for _, name := range config.ServerSettings {
		if name == "options" || name == "transaction_timeout" { // part of the protocol, and of PostgreSQL 17
			continue
		}
		_, err := db.Exec(t.Context(), "SHOW "+name)
		require.NoError(t, err, name)
	}
}

func TestDatabase_parts_without_a_port_have_the_usual_one(t *testing.T) {
	require.Equal(t, "postgres://dinum:pass@db:5432/meet", mustLoad(t, "", "DB_HOST=db", "DB_PORT=").Database.URL.Reveal())
	_, _, err := load(t, "", "DB_PORT=many")
	require.Error(t, err)
}

func FuzzDatabase_shows_no_password(f *testing.F) {
	f.Add("postgres://ada:", "@h/d?a=b")
	f.Add("POSTGRES://ada:", "@%2Ftmp:1,[::1]:2/d?keepalives=1&x")
	f.Add("://", "%2f%")
	f.Fuzz(func(t *testing.T, before, after string) {
		_, warnings, err := load(t, "", "DATABASE_URL="+before+"hunter2"+after)
		require.NotContains(t, fmtAll(warnings), "hunter2@")
		if before == "postgres://ada:" && err != nil {
			require.NotContains(t, err.Error(), "hunter2")
		}
	})
}
