package sdktest

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// gateway is a real gateway that runs the module's binary.
type gateway struct {
	cmd   *exec.Cmd
	ended chan struct{} // closed after its end
	mu    sync.Mutex
	log   bytes.Buffer
}

func (p *Place) underGateway(ctx context.Context, t testing.TB, c Case) (*gateway, error) {
	t.Helper()
	g := &gateway{}
	path := cmp.Or(c.Gateway, os.Getenv(GatewayVariable))
	if !filepath.IsAbs(path) {
		return g, fmt.Errorf("%s, or Case.Gateway, must be the absolute path of a gateway's binary, not %q", GatewayVariable, path)
	}
	folder := t.TempDir()
	text, err := c.configuration(c.New().Name())
	if err != nil {
		return g, err
	}
	if err := os.WriteFile(filepath.Join(folder, "config.yaml"), text, 0o600); err != nil {
		return g, err
	}
	// This finds what serve would refuse, and what would only keep the module
	// down.
	if out, err := command(ctx, path, folder, "check-config").CombinedOutput(); err != nil {
		return g, fmt.Errorf("the gateway refuses the module: %w: %s", err, out)
	}
	g.cmd = command(context.WithoutCancel(ctx), path, folder, "serve") // ended by stop
	logs, err := g.cmd.StderrPipe()
	if err != nil {
		return g, err
	}
	if err := g.cmd.Start(); err != nil {
		return g, fmt.Errorf("start the gateway: %w", err)
	}
	g.ended = make(chan struct{})
	listening := make(chan string, 1)
	go g.read(logs, t.Output(), listening)
	select {
	case addr := <-listening:
		p.URL = "http://" + addr
	case <-g.ended:
		return g, fmt.Errorf("the gateway ended: %s", g.logs())
	case <-ctx.Done():
		return g, fmt.Errorf("the gateway does not listen: %w: %s", ctx.Err(), g.logs())
	}
	return g, nil
}

// command is the gateway's command, with nothing of this environment but the
// path.
func command(ctx context.Context, path, folder, name string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, name) //nolint:gosec // the author's path
	cmd.Dir = folder
	for _, variable := range []string{"PATH", "TMPDIR"} {
		if value, set := os.LookupEnv(variable); set {
			cmd.Env = append(cmd.Env, variable+"="+value)
		}
	}
	return cmd
}

// configuration is the gateway's: the module's binary, by path and checksum.
func (c Case) configuration(name string) ([]byte, error) {
	path, err := filepath.Abs(c.Binary)
	if c.Binary == "" {
		path, err = os.Executable()
	}
	if err != nil {
		return nil, fmt.Errorf("find the module's binary: %w", err)
	}
	binary, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the module's binary: %w", err)
	}
	var b bytes.Buffer
	b.WriteString("http: {addr: \"127.0.0.1:0\"}\ntelemetry: {metrics_addr: \"127.0.0.1:0\"}\n")
	b.WriteString("livekit: {url: \"ws://127.0.0.1:1\", api_key: key, api_secret: \"no media server, only a secret that is long enough\"}\n")
	if len(c.Flags) > 0 {
		b.WriteString("flags:\n  values:\n")
		for _, flag := range c.Flags {
			fmt.Fprintf(&b, "    %s: true\n", flag)
		}
	}
	fmt.Fprintf(&b, "modules:\n  external:\n    - name: %s\n      path: %q\n      sha256: \"%x\"\n      enabled: true\n", name, path, sha256.Sum256(binary))
	if strings.TrimSpace(c.Config) != "" {
		b.WriteString("      config:\n")
		for line := range strings.Lines(c.Config) {
			b.WriteString("        " + line)
		}
	}
	return b.Bytes(), nil
}

// read keeps what the gateway logs, and reports where it listens.
func (g *gateway) read(logs io.Reader, shown io.Writer, listening chan<- string) {
	defer close(g.ended)
	lines := bufio.NewReader(logs)
	for {
		line, err := lines.ReadString('\n')
		g.mu.Lock()
		g.log.WriteString(line)
		g.mu.Unlock()
		var said struct{ Level, Msg, Addr string }
		if json.Unmarshal([]byte(line), &said) != nil || said.Level == "WARN" || said.Level == "ERROR" {
			_, _ = io.WriteString(shown, line)
		}
		if said.Msg == "listening" {
			select {
			case listening <- said.Addr:
			default:
			}
		}
		if err != nil {
			break
		}
	}
	_ = g.cmd.Wait()
}

func (g *gateway) logs() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.log.String()
}

func (g *gateway) stop(ctx context.Context) error {
	if g.ended == nil {
		return nil
	}
	select {
	case <-g.ended:
		return nil
	default:
	}
	if err := g.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop the gateway: %w", err)
	}
	select {
	case <-g.ended:
		return nil
	case <-ctx.Done():
		_ = g.cmd.Process.Kill()
		<-g.ended
		return fmt.Errorf("the gateway did not end: %w", ctx.Err())
	}
}
