package store_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/core/store/storetest"
	"foyer/sdk/conf"
)

// inLocale returns a database created with these options, on the server of another one.
func inLocale(t *testing.T, options string) config.Database {
	cfg := postgres(t)
	u, err := url.Parse(cfg.URL.Reveal())
	require.NoError(t, err)
	name := strings.TrimPrefix(u.Path, "/") + "_in"
	run(t, cfg, `CREATE DATABASE `+name+` TEMPLATE template0 ENCODING 'UTF8' `+options)
	t.Cleanup(func() { // t.Context() has ended by then
		c, err := pgx.Connect(context.Background(), cfg.URL.Reveal())
		require.NoError(t, err)
		defer c.Close(context.Background())
		_, err = c.Exec(context.Background(), `DROP DATABASE `+name+` WITH (FORCE)`)
		require.NoError(t, err)
	})
	u.Path = "/" + name
	return config.Database{URL: conf.NewSecret(u.String()), MaxConns: 4, ConnectTimeout: 10 * time.Second}
}

func TestAddresses_are_compared_alike_whatever_the_locale_of_the_database(t *testing.T) {
	for name, options := range map[string]string{
		"bytes": `LOCALE 'C'`, "Unicode": `LOCALE 'C.UTF-8'`,
		"Turkish, where I is not i": `LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' LOCALE 'C.UTF-8'`,
		"any, of ICU":               `LOCALE_PROVIDER icu ICU_LOCALE 'und' LOCALE 'C.UTF-8'`,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, inLocale(t, options))
			require.NoError(t, s.Migrate(t.Context()))
			storetest.Addresses(t, s)
		})
	}
}

// Two addresses that the replaced server's index considers equal stay one account, even
// if we do not consider them equal.
func TestCreateUser_respects_the_replaced_servers_rule_of_addresses(t *testing.T) {
	s := open(t, inLocale(t, `LOCALE 'C.UTF-8'`))
	require.NoError(t, s.Migrate(t.Context()))
	first, second := "ada@É.example", "ada@é.example"
	_, err := s.CreateUser(t.Context(), store.User{Email: &first})
	require.NoError(t, err)
	_, err = s.CreateUser(t.Context(), store.User{Email: &second})
	require.ErrorIs(t, err, store.ErrConflict)
	list, err := s.UsersByEmail(t.Context(), second)
	require.NoError(t, err)
	require.Empty(t, list)
}

func TestAddresses_are_found_by_an_index(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		s := open(t, sqlite(t))
		require.NoError(t, s.Migrate(t.Context()))
		var id, parent, unused int
		var plan string
		require.NoError(t, s.SQLDB().QueryRowContext(t.Context(), `EXPLAIN QUERY PLAN SELECT id FROM meet_user u WHERE lower(u.email) = $1`, "x").
			Scan(&id, &parent, &unused, &plan))
		require.Contains(t, plan, "USING INDEX foyer_user_email (<expr>=?)")
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		cfg := postgres(t)
		require.NoError(t, open(t, cfg).Migrate(t.Context()))
		c := connect(t, cfg)
		_, err := c.Exec(t.Context(), `INSERT INTO meet_user (password, is_superuser, id, created_at, updated_at, email, language, timezone,
			is_device, is_staff, is_active, default_room_configuration) SELECT '', false, gen_random_uuid(), now(), now(), n || '@example.org', '',
			'', false, false, false, '{}' FROM generate_series(1, 5000) n; ANALYZE meet_user`)
		require.NoError(t, err)
		plan := collect(t, c, `EXPLAIN SELECT id FROM meet_user u WHERE lower(u.email COLLATE "C") = 'x'`)
		require.Contains(t, strings.Join(plan, "\n"), "foyer_user_email")
	})
}
