package redisdev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

// Real is a redis-server in a process of its own, on a loopback port that stays
// the same when it is stopped and started again. It keeps nothing on disk.
type Real struct {
	URL string // redis://127.0.0.1:port/0

	program, dir, port string
	cmd                *exec.Cmd
	leash              io.Closer
}

// keeper runs the server until its standard input ends, however that comes
// about: a test process that is killed leaves none behind.
const keeper = `trap '' INT QUIT TERM HUP
"$1" --port "$2" --bind 127.0.0.1 --save "" --appendonly no --dir "$3" </dev/null >"$3/log" 2>&1 &
read -r _
kill -TERM $!
wait $!`

// StartReal starts a server in dir, which must be empty.
func StartReal(dir string) (*Real, error) {
	program := os.Getenv("FOYER_TEST_REDIS")
	if program == "" {
		program = "redis-server"
	}
	logging.Disable() // the library's: it would tell of each try
	program, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("no Redis: install the package redis-server, or set FOYER_TEST_REDIS to the program: %w", err)
	}
	r := &Real{program: program, dir: dir}
	for range 5 { // another process may take the port in between
		if r.port, err = freePort(); err != nil {
			return nil, err
		}
		r.URL = "redis://127.0.0.1:" + r.port + "/0"
		if err = r.Start(); err == nil {
			return r, nil
		}
	}
	return nil, err
}

// Addr is host:port of it.
func (r *Real) Addr() string { return "127.0.0.1:" + r.port }

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("look for a free port: %w", err)
	}
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), l.Close()
}

// Start starts the server again after Stop, with nothing in it.
func (r *Real) Start() error {
	r.cmd = exec.Command("sh", "-c", keeper, "keeper", r.program, r.port, r.dir)
	leash, err := r.cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := r.cmd.Start(); err != nil {
		return fmt.Errorf("start redis-server: %w", err)
	}
	r.leash = leash
	return r.wait()
}

// wait returns when the server answers.
func (r *Real) wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	for {
		if r.answers(ctx) {
			return nil
		}
		log, _ := os.ReadFile(filepath.Join(r.dir, "log"))
		if strings.Contains(string(log), "Address already in use") || ctx.Err() != nil {
			return errors.Join(fmt.Errorf("redis-server does not answer: %s", log), r.Stop())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// answers tells whether the server answers, and is ours: another one may have
// taken the port.
func (r *Real) answers(ctx context.Context) bool {
	o, err := redis.ParseURL(r.URL)
	if err != nil {
		return false
	}
	o.MaxRetries, o.DialerRetries = -1, 1
	c := redis.NewClient(o)
	defer c.Close()
	dir, err := c.ConfigGet(ctx, "dir").Result()
	if err != nil {
		return false
	}
	want, err := filepath.EvalSymlinks(r.dir)
	return err == nil && dir["dir"] == want
}

// Stop ends the server; what it held is gone.
func (r *Real) Stop() error {
	if r.leash == nil {
		return nil
	}
	_ = r.leash.Close()
	r.leash = nil
	if err := r.cmd.Wait(); err != nil {
		return fmt.Errorf("stop redis-server: %w", err)
	}
	return nil
}
