package jobs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// childEnv names the database for a test binary that runs itself again.
const childEnv = "FOYER_JOBS_TEST_CHILD"

type childDatabase struct{ URL, Dir string }

// quick are settings under which a killed process's job counts as lost after 6 s.
func quick() config.Jobs { return config.Jobs{Workers: 2, MaxAttempts: 5, Timeout: time.Second} }

// child works on jobs that never end, until it is killed.
func child() {
	var db childDatabase
	ctx := context.Background()
	must(json.Unmarshal([]byte(os.Getenv(childEnv)), &db))
	s, err := store.Open(ctx, config.Database{URL: conf.NewSecret(db.URL), Dir: db.Dir, MaxConns: 4, ConnectTimeout: 5 * time.Second})
	must(err)
	c, err := jobs.New(s, config.Jobs{Workers: 2, MaxAttempts: 5, Timeout: time.Second},
		runner{work: func(context.Context, string, module.Job) error {
			_, _ = os.Stdout.WriteString("working\n")
			select {}
		}}, nilLog())
	must(err)
	must(c.Start(ctx))
	select {}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// This waits out the real times: the dead process stays the leader for up to 15 s, and
// keeps its job for 6 s.
func TestKilled_process_leaves_its_job_to_the_next(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		attempts := make(chan int, 8)
		s := open(t, db)
		c := client(t, s, quick(), runner{work: func(_ context.Context, _ string, j module.Job) error {
			attempts <- j.Attempt
			return nil
		}}, nil)
		require.NoError(t, c.Enqueue(ctx, "m", "k", nil, module.JobOptions{}))

		spec, err := json.Marshal(childDatabase{URL: db.URL.Reveal(), Dir: db.Dir})
		require.NoError(t, err)
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+string(spec))
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		line, err := bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "working\n", line)
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait()

		require.NoError(t, c.Start(ctx))
		begin := time.Now()
		select {
		case n := <-attempts:
			require.Equal(t, 2, n)
			t.Logf("taken over after %s", time.Since(begin))
		case <-time.After(3 * time.Minute):
			require.Fail(t, "nobody took the job over")
		}
	})
}
