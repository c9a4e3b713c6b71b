package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Somebody has the file open in a shell, or is backing it up.
func TestServe_answers_soon_while_another_program_keeps_the_database_locked(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir, withMedia)
	post := func() (answer, error) {
		body := fmt.Sprintf(`{"event":"room_started","id":%q,"createdAt":"%d","room":{"name":%q}}`, uuid.NewString(), time.Now().Unix(), uuid.NewString())
		return s.try(plain, http.MethodPost, webhookPath, body, "Authorization", signed(t, body), "Content-Type", "application/webhook+json")
	}
	require.Eventually(t, func() bool { a, err := post(); return err == nil && a.status == http.StatusOK }, waitLong, waitShort)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "data", "foyer.db")+"?_pragma=busy_timeout(60000)")
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)

	var all sync.WaitGroup
	for range 4 { // each waits for the one before
		all.Go(func() {
			begin := time.Now()
			a, err := post()
			assert.NoError(t, err)
			assert.Equal(t, http.StatusServiceUnavailable, a.status)
			assert.NotEmpty(t, a.header.Get("Retry-After"))
			assert.Less(t, time.Since(begin), 8*time.Second, "5 s, and a busy machine")
		})
	}
	all.Wait()
	require.Equal(t, `{"status":"warning"}`, s.get("/__heartbeat__").body)

	_, err = db.ExecContext(t.Context(), "ROLLBACK")
	require.NoError(t, err)
	require.Eventually(t, func() bool { a, err := post(); return err == nil && a.status == http.StatusOK }, waitLong, waitShort)
	require.Eventually(t, func() bool { return s.get("/__heartbeat__").body == `{"status":"ok"}` }, waitLong, 100*time.Millisecond)
}
