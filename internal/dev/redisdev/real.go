package redisdev

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

// Real is a redis-server in its own process, on a loopback port that it keeps when it is
// stopped and started again. It keeps nothing on disk.
type Real struct {
	URL string // redis://127.0.0.1:port/0, or rediss://

	program, dir, port string
	options            Options
	cmd                *exec.Cmd
	leash              io.Closer
	pid                int
}

// Options are a server's optional settings.
type Options struct {
	Args     []string    // extra arguments, such as --requirepass
	Password string      // the one that the arguments demand
	TLS      *tls.Config // for a client: the server accepts only TLS connections
	// Sentinel is the configuration that makes the server a Sentinel.
	Sentinel string
}

// keeper runs the server until its standard input ends, for whatever reason, so that a
// killed test process does not leave one behind. The server does not inherit that SIGTERM
// is ignored: one that is told to end while it starts has no handler yet.
const keeper = `trap '' INT QUIT TERM HUP
dir=$1
shift
(trap - TERM; exec "$@") </dev/null >"$dir/log" 2>&1 &
echo $! >"$dir/pid"
read -r _
kill -TERM $!
wait $!`

// StartReal starts a server in dir, which must be empty.
func StartReal(dir string) (*Real, error) { return StartWith(dir, Options{}) }

// StartWith is StartReal with options.
func StartWith(dir string, o Options) (*Real, error) {
	program := os.Getenv("FOYER_TEST_REDIS")
	if program == "" {
		program = "redis-server"
	}
	logging.Disable() // the library's: it would log each try
	program, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("no Redis: install the package redis-server, or set FOYER_TEST_REDIS to the program: %w", err)
	}
	r := &Real{program: program, dir: dir, options: o}
	scheme := "redis"
	if o.TLS != nil {
		scheme = "rediss"
	}
	for range 5 { // another process may take the port in between
		if r.port, err = freePort(); err != nil {
			return nil, err
		}
		r.URL = scheme + "://127.0.0.1:" + r.port + "/0"
		if err = r.Start(); err == nil {
			return r, nil
		}
	}
	return nil, err
}

// Addr is the server's host:port.
func (r *Real) Addr() string { return "127.0.0.1:" + r.port }

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("look for a free port: %w", err)
	}
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), l.Close()
}

// Start starts the server again after Stop or Kill, empty.
func (r *Real) Start() error {
	args, err := r.arguments()
	if err != nil {
		return err
	}
	for _, name := range []string{"log", "pid"} { // of the run before, which wait would take for this one's
		if err := os.RemoveAll(filepath.Join(r.dir, name)); err != nil {
			return err
		}
	}
	r.cmd = exec.Command("sh", append([]string{"-c", keeper, "keeper", r.dir}, args...)...)
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

func (r *Real) arguments() ([]string, error) {
	plain, secure := r.port, "0"
	if r.options.TLS != nil {
		plain, secure = secure, plain
	}
	args := []string{r.program}
	if r.options.Sentinel != "" { // a Sentinel writes its findings into its configuration
		file := filepath.Join(r.dir, "sentinel.conf")
		if err := os.WriteFile(file, []byte(r.options.Sentinel), 0o600); err != nil {
			return nil, err
		}
		args = append(args, file, "--sentinel")
	} else {
		args = append(args, "--save", "", "--appendonly", "no")
	}
	args = append(args, "--bind", "127.0.0.1", "--dir", r.dir, "--port", plain)
	if secure != "0" {
		args = append(args, "--tls-port", secure)
	}
	return append(args, r.options.Args...), nil
}

// wait returns once the server answers.
func (r *Real) wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	for {
		if r.answers(ctx) {
			return nil
		}
		log, _ := os.ReadFile(filepath.Join(r.dir, "log"))
		if strings.Contains(string(log), "Address already in use") || strings.Contains(string(log), "FATAL CONFIG") || ctx.Err() != nil {
			return errors.Join(fmt.Errorf("redis-server does not answer: %s", log), r.Stop())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// Client returns a client of the server; the caller closes it.
func (r *Real) Client() *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr: r.Addr(), Password: r.options.Password, TLSConfig: r.options.TLS, MaxRetries: -1, DialerRetries: 1,
	})
}

// answers reports whether the server answers, and is this one: another may have taken
// the port.
func (r *Real) answers(ctx context.Context) bool {
	c := r.Client()
	defer c.Close()
	info, err := c.Do(ctx, "INFO", "server").Text()
	if err != nil {
		return false
	}
	text, err := os.ReadFile(filepath.Join(r.dir, "pid"))
	if err != nil {
		return false
	}
	r.pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
	return err == nil && strings.Contains(info, "process_id:"+strconv.Itoa(r.pid)+"\r\n")
}

// Stop ends the server; its data is gone.
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

// Kill kills the server without warning.
func (r *Real) Kill() error {
	if err := syscall.Kill(r.pid, syscall.SIGKILL); err != nil {
		return fmt.Errorf("kill redis-server: %w", err)
	}
	_ = r.Stop() // for its keeper, which learns how the server ended
	return nil
}

// Freeze makes the server hang until Thaw: it keeps its connections, accepts new ones
// and never answers.
func (r *Real) Freeze() error { return syscall.Kill(r.pid, syscall.SIGSTOP) }

// Thaw ends a Freeze.
func (r *Real) Thaw() error { return syscall.Kill(r.pid, syscall.SIGCONT) }
