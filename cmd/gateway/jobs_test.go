package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

const (
	aRecording = "0b8f5c2e-6a57-4c39-8c1c-2f2a5f1c9d10"
	aSecret    = "hunter2-is-no-password"
)

// failing is a runner whose jobs all fail for good.
type failing struct{}

func (failing) Work(context.Context, string, module.Job) error {
	return errors.New(`Post "https://peer.example.org/jobs?token=` + aSecret + `": connection refused`)
}

func (failing) Deliver(context.Context, string, module.Event) error { return nil }

// jobWorld is a migrated database with jobs in it, but no gateway.
type jobWorld struct {
	*testing.T
	dir     string
	environ []string
	jobs    *jobs.Client
}

func onBothJobWorlds(t *testing.T, test func(w *jobWorld)) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			w := &jobWorld{T: t, dir: t.TempDir()}
			database := config.Database{Dir: w.dir + "/data", MaxConns: 2, ConnectTimeout: waitLong}
			if engine == "postgres" {
				url := pgdev.New(t)
				database.URL = conf.NewSecret(url)
				w.environ = []string{"DATABASE_URL=" + url}
			}
			require.Zero(t, w.gateway("migrate").code)
			s, err := store.Open(t.Context(), database)
			require.NoError(t, err)
			t.Cleanup(s.Close)
			w.jobs, err = jobs.New(s, config.Jobs{Workers: 2, MaxAttempts: 1, Timeout: time.Minute}, failing{}, slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			test(w)
		})
	}
}

func (w *jobWorld) gateway(args ...string) outcome {
	w.Helper()
	return gateway(w.T, w.dir, w.environ, args...)
}

func (w *jobWorld) run(args ...string) outcome {
	w.Helper()
	return w.gateway(append([]string{"jobs"}, args...)...)
}

// store stores a job and returns its id.
func (w *jobWorld) store(topic, kind string, o module.JobOptions) int64 {
	w.Helper()
	args := map[string]string{"recording": aRecording, "text": aSecret}
	require.NoError(w, w.jobs.Enqueue(w.Context(), topic, kind, args, o))
	list, err := w.jobs.List(w.Context(), jobs.Filter{Limit: 1})
	require.NoError(w, err)
	return list[0].ID
}

// fail runs n due jobs, all of which fail.
func (w *jobWorld) fail(n int) {
	w.Helper()
	require.NoError(w, w.jobs.Start(w.Context()))
	require.Eventually(w, func() bool {
		list, err := w.jobs.List(w.Context(), jobs.Filter{States: []jobs.State{jobs.GivenUp}, Limit: 1000})
		return err == nil && len(list) == n
	}, waitLong, waitShort)
	require.NoError(w, w.jobs.Stop(context.WithoutCancel(w.Context())))
}

func TestJobs_are_listed_shown_retried_and_discarded_without_a_gateway(t *testing.T) {
	t.Parallel()
	onBothJobWorlds(t, func(w *jobWorld) {
		mail := w.store("recording", "mail", module.JobOptions{})
		announce := w.store("summary", "announce", module.JobOptions{})
		late := w.store("summary", "later", module.JobOptions{Delay: time.Hour})
		w.fail(2)

		o := w.run("list")
		require.Zero(w, o.code, o.errors)
		require.Regexp(w, `^ID +STATE +TOPIC +KIND +ABOUT +ATTEMPTS +NEXT TRY +LAST ERROR\n`, o.out)
		about := ` +recording=` + aRecording
		for _, line := range []string{
			fmt.Sprintf(`(?m)^%d +given_up +recording +mail%s +1/1 +- +Post "https://peer.example.org/jobs\?…": connection refused$`, mail, about),
			fmt.Sprintf(`(?m)^%d +waiting +summary +later%s +0/1 +\S+ \S+ UTC +-$`, late, about),
		} {
			require.Regexp(w, line, o.out)
		}
		require.Less(w, strings.Index(o.out, "later"), strings.Index(o.out, "mail"), "the newest first")
		o = w.run("list", "--state", "given_up", "--limit", "1", "--json")
		require.Zero(w, o.code, o.errors)
		var line jobLine
		require.NoError(w, json.Unmarshal([]byte(o.out), &line), "one line")
		require.Equal(w, []any{announce, jobs.GivenUp, "summary", "announce", 1}, []any{line.ID, line.State, line.Topic, line.Kind, line.Attempts})
		o = w.run("list", "--before", fmt.Sprint(line.ID), "--state", "given_up")
		require.Contains(w, o.out, "mail")
		require.NotContains(w, o.out, "announce")
		o = w.run("list", "--topic", "summary", "--kind", "later", "--json")
		require.Equal(w, 1, strings.Count(o.out, "\n"))

		o = w.run("show", fmt.Sprint(mail))
		require.Zero(w, o.code, o.errors)
		for _, want := range []string{`state +given_up\n`, `about` + about + `\n`, `attempts +1 of 1\n`, `next try +-\n`, `attempt 1 +\S+ \S+ UTC Post "https://peer`} {
			require.Regexp(w, want, o.out)
		}
		o = w.run("show", fmt.Sprint(mail), "--json")
		require.NoError(w, json.Unmarshal([]byte(o.out), &line))
		require.Len(w, line.Failures, 1)

		require.Equal(w, outcome{0, fmt.Sprintf("%d: will be run again\n", mail), ""}, w.run("retry", fmt.Sprint(mail)))
		require.Equal(w, outcome{1, fmt.Sprintf("%d: discarded\n", late), "99999: there is no such job\n"},
			w.run("discard", "99999", fmt.Sprint(late)))
		require.Empty(w, w.run("retry", "--all", "--topic", "recording").out, "it waits already")
		require.Equal(w, outcome{0, fmt.Sprintf("{\"did\":\"will be run again\",\"id\":%d}\n", announce), ""}, w.run("retry", "--all", "--json"))
		for _, topic := range []string{"recording", "summary"} { // the queue may have stored jobs of its own
			o = w.run("list", "--topic", topic)
			require.Equal(w, 1, strings.Count(o.out, "waiting"), o.out)
			require.NotContains(w, o.out, "later")
		}
		require.Equal(w, outcome{1, "", "there is no such job\n"}, w.run("show", fmt.Sprint(late)))
	})
}

func TestJobs_show_nothing_secret(t *testing.T) {
	t.Parallel()
	onBothJobWorlds(t, func(w *jobWorld) {
		id := fmt.Sprint(w.store("summary", "announce", module.JobOptions{}))
		w.fail(1)
		for _, args := range [][]string{{"list"}, {"list", "--json"}, {"show", id}, {"show", id, "--json"}} {
			o := w.run(args...)
			require.Contains(w, o.out, "connection refused")
			require.NotContains(w, o.out+o.errors, aSecret, args)
		}
	})
}

func TestJobs_tells_misuse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for text, args := range map[string][]string{
		`"x" is not the id of a job: 'gateway jobs list' shows them`:          {"retry", "x"},
		"name jobs or say --all, not both":                                    {"discard", "1", "--all"},
		"name a job by its id, which 'gateway jobs list' shows, or say --all": {"retry"},
		"--topic and --kind go with --all":                                    {"retry", "1", "--topic", "summary"},
		`--state: "lost" is not one of given_up, waiting, running, done`:      {"list", "--state", "lost"},
		"--limit: say a number from 1 to 1000":                                {"list", "--limit", "0"},
		"accepts 1 arg(s), received 0":                                        {"show"},
	} {
		o := gateway(t, dir, nil, append([]string{"jobs"}, args...)...)
		require.Equal(t, outcome{2, "", text + "\nSee 'gateway jobs " + args[0] + " --help'.\n"}, o)
	}
}
