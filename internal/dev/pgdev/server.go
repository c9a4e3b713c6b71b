package pgdev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a PostgreSQL of this process. It ends, and its folder is removed, when leash
// closes, which happens at the latest when this process dies.
type Server struct {
	url    string // of a superuser
	dir    string
	keeper *exec.Cmd
	leash  io.WriteCloser
}

// keeper runs postgres until its standard input ends, for whatever reason, and then
// removes the folder. A line on its input kills postgres, as a crash would, and starts
// it again. It ignores signals sent to the terminal's process group.
const keeper = `trap '' INT QUIT TERM HUP
run() {
	"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off \
		-c synchronous_commit="$3" -c max_connections=400 -c shared_buffers=64MB -c wal_level=minimal -c max_wal_senders=0 \
		-c max_wal_size=4GB -c checkpoint_timeout=1h </dev/null >>"$2/log" 2>&1 &
}
run "$@"
while read -r _; do
	kill -QUIT $!
	wait $!
	run "$@"
done
kill -QUIT $!
wait $!
rm -rf "$2"/*
rmdir "$2" 2>/dev/null || true`

// binaries finds the folder with initdb and postgres.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	if p, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(p), nil
	}
	return "", errors.New("no PostgreSQL: install the package postgresql, or set FOYER_TEST_POSTGRES to the URL of a server's superuser")
}

// Start runs a server. It loses what it has stored when it is killed, but is fast.
func Start() (*Server, error) { return start(false) }

// Dir is the folder of the server's socket.
func (s *Server) Dir() string { return s.dir }

// Template creates a database of that name, which fill fills, for Copy.
func (s *Server) Template(ctx context.Context, name string, fill func(url string) error) error {
	c, err := pgx.Connect(ctx, s.url)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, `CREATE DATABASE `+pgx.Identifier{name}.Sanitize()); err != nil {
		return err
	}
	return fill(strings.Replace(s.url, "/postgres?", "/"+url.PathEscape(name)+"?", 1))
}

// Stop ends the server and returns once its folder is gone.
func (s *Server) Stop() error { return errors.Join(s.leash.Close(), s.keeper.Wait()) }

// start runs a server; durable means that commits survive a crash. It listens only on a
// socket in its folder: no other test process can take its port.
func start(durable bool) (*Server, error) {
	dir, err := os.MkdirTemp("", "pgdev-")
	if err != nil {
		return nil, err
	}
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	attr, err := Unprivileged(dir)
	if err != nil {
		return nil, err
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"),
		"-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
	initdb.Dir, initdb.SysProcAttr = dir, attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	commit := "off"
	if durable {
		commit = "on"
	}
	cmd := exec.Command("sh", "-c", keeper, "keeper", bin, dir, commit)
	cmd.Dir, cmd.SysProcAttr = "/", attr
	leash, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start postgres: %w", err)
	}
	if err := wait(dir); err != nil {
		return nil, errors.Join(err, leash.Close())
	}
	return &Server{url: Address(dir), dir: dir, keeper: cmd, leash: leash}, nil
}

// Running is a server for a program that is not a test.
type Running struct {
	URL string // of its superuser's database
	PID int    // of the postmaster, the parent of all its processes

	server *Server
}

// Serve starts a server in a folder of its own; commits wait for the log, but not for
// the disk. It dies with this process at the latest.
func Serve() (*Running, error) {
	s, err := start(true)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(s.dir, "data", "postmaster.pid"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the number of the server's process: %w", err), s.leash.Close())
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the number of the server's process: %w", err), s.leash.Close())
	}
	return &Running{URL: s.url, PID: pid, server: s}, nil
}

// Stop ends the server and removes its folder.
func (r *Running) Stop() error { return r.server.Stop() }

// Unprivileged hands dir to the user postgres if root runs the tests: neither PostgreSQL
// nor PgBouncer will run as root.
func Unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("look for the user postgres: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("read the id of the user postgres: %w", err)
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("read the group of the user postgres: %w", err)
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// Address returns the URL, for a superuser, of the server with its socket in the folder.
func Address(dir string) string {
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres",
		RawQuery: url.Values{"host": {dir}}.Encode()}
	return u.String()
}

// wait returns once the server in the folder answers.
func wait(dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	for {
		c, err := pgx.Connect(ctx, Address(dir))
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			return fmt.Errorf("postgres does not answer: %w: %s", err, log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
