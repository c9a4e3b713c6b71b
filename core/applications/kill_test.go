package applications_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/applications"
	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// childEnv names the database for a test binary that runs itself again.
const childEnv = "FOYER_APPLICATIONS_TEST_CHILD"

type childDatabase struct{ URL, Dir string }

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		child()
		return
	}
	os.Exit(m.Run())
}

// child creates and changes applications until it is killed. An application's name is
// how often it was renamed.
func child() {
	var db childDatabase
	must(json.Unmarshal([]byte(os.Getenv(childEnv)), &db))
	ctx := context.Background()
	st, err := store.Open(ctx, config.Database{URL: conf.NewSecret(db.URL), Dir: db.Dir, MaxConns: 6, ConnectTimeout: 10 * time.Second})
	must(err)
	st.Tell(listener{})
	s := applications.New(st, rules)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				a, _, err := s.Create(ctx, applications.NewApplication{Name: "0"})
				must(err)
				for n := range 3 {
					_, err := s.Change(ctx, a.ID, applications.Change{Name: new(strconv.Itoa(n + 1))})
					must(err)
					_, _, err = s.Rotate(ctx, a.ID, applications.Rotation{OldUntil: time.Now().Add(time.Hour)})
					must(err)
				}
				if a.ID[0]%2 == 0 {
					_, err := s.Delete(ctx, a.ID)
					must(err)
				}
				_, _ = os.Stdout.WriteString("changed\n")
			}
		})
	}
	wg.Wait()
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

// killed runs a child and kills it after some rounds.
func (w *world) killed(rounds int) {
	w.Helper()
	raw, err := json.Marshal(childDatabase{URL: w.db.URL.Reveal(), Dir: w.db.Dir})
	require.NoError(w, err)
	cmd := exec.CommandContext(w.Context(), os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), childEnv+"="+string(raw)), os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(w, err)
	require.NoError(w, cmd.Start())
	lines := bufio.NewScanner(out)
	for range rounds {
		require.True(w, lines.Scan(), "the child ended by itself")
	}
	require.NoError(w, cmd.Process.Kill())
	for lines.Scan() { //nolint:revive // until it is gone
	}
	_ = cmd.Wait() // it was killed
}

// history is what happened to an application.
type history struct{ created, renamed, rotated, deleted int }

func TestChanges_are_in_the_audit_log_whatever_moment_the_program_is_killed_at(t *testing.T) {
	onBoth(t, func(w *world) {
		for round := range 4 {
			w.killed(2 + 2*round)
		}
		now := w.state()
		noted, told := map[uuid.UUID]history{}, map[uuid.UUID]history{}
		for _, l := range now.lines {
			h := noted[l.Application]
			*map[string]*int{
				"application.create": &h.created, "application.rename": &h.renamed, "application.rotate": &h.rotated, "application.delete": &h.deleted,
			}[l.Action]++
			noted[l.Application] = h
		}
		for _, e := range now.events {
			h := told[e.Application]
			switch {
			case e.Change == module.ApplicationCreated:
				h.created++
			case e.Change == module.ApplicationDeleted:
				h.deleted++
			case e.Changed[0] == "name":
				h.renamed++
			default:
				h.rotated++
			}
			told[e.Application] = h
		}
		require.Equal(w, told, noted)
		require.Greater(w, len(noted), 10)
		for _, a := range now.apps {
			renamed, err := strconv.Atoi(a.Name)
			require.NoError(w, err)
			require.Equal(w, history{created: 1, renamed: renamed, rotated: len(a.Secrets) - 1}, noted[a.ID])
			delete(noted, a.ID)
		}
		for id, h := range noted {
			require.Equal(w, history{1, 3, 3, 1}, h, "%s is gone", id)
		}
	})
}
