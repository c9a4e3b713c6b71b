package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
)

// doing returns a function that runs a statement on the database of s.
func doing(t *testing.T, s *store.Store, cfg config.Database) func(string) {
	return func(statement string) {
		t.Helper()
		if s.PgxPool() != nil {
			run(t, cfg, statement)
			return
		}
		_, err := s.SQLDB().ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
}

func TestAdditions_turn_values_that_are_there_into_documents(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			cfg := engine(t)
			s := open(t, cfg)
			do := doing(t, s, cfg)
			do(`CREATE VIEW foyer_document_index AS SELECT 1 AS id`) // occupies the name of an addition
			require.ErrorContains(t, s.Migrate(t.Context()), "foyer_document_index")
			require.ErrorContains(t, s.Check(t.Context()), "the schema has 0 additions and 1 are needed: run 'gateway migrate'")
			value := `x'6f6c64'`
			if s.PgxPool() != nil {
				value = `'\x6f6c64'`
			}
			do(`INSERT INTO foyer_kv (namespace, key, value) VALUES ('m', 'k', ` + value + `)`)
			do(`DROP VIEW foyer_document_index`)
			require.NoError(t, s.Migrate(t.Context()))
			require.NoError(t, s.Check(t.Context()))

			list, err := s.Documents(t.Context(), "m", time.Now(), "k")
			require.NoError(t, err)
			require.Len(t, list, 1)
			require.Equal(t, "old", string(list[0].Value))
			require.Positive(t, list[0].Revision)
		})
	}
}

// A program older than the database can keep running next to a newer one, and after it.
func TestAdditions_of_a_newer_program_are_left_alone(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			cfg := engine(t)
			s := open(t, cfg)
			require.NoError(t, s.Migrate(t.Context()))
			do := doing(t, s, cfg)
			do(`CREATE TABLE foyer_of_tomorrow (id integer PRIMARY KEY)`)
			do(`INSERT INTO foyer_addition (version_id, is_applied) VALUES (2, true)`)
			again := open(t, cfg)
			require.NoError(t, again.Migrate(t.Context()))
			require.NoError(t, again.Check(t.Context()))
			do(`INSERT INTO foyer_of_tomorrow VALUES (1)`)
		})
	}
}
