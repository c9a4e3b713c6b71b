package process

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"foyer/sdk/hostapi"
	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
	"foyer/sdk/plugin/wire/modulev1"
)

// DefaultLaunch is how long a process may take until it answers: usually a
// fraction of a second, more if a busy machine starts everything at once.
const DefaultLaunch = 15 * time.Second

// Options describe what Launch starts.
type Options struct {
	Name   string   // module name the process must have
	Path   string   // absolute path of the binary
	Args   []string // such as "module", "subtitles"
	SHA256 string   // checksum of the binary in hex, "" = not checked
	Dir    *RunDir  // for its sockets
	Log    *slog.Logger
	Traces wire.Traces
	Within time.Duration // time until it answers; 0 = DefaultLaunch
	Patience
}

// Process is a module's running process. It is started only once: after its end a
// new one is launched.
type Process struct {
	opts   Options
	client *goplugin.Client
	child  *child
	link   *wire.Link
	about  module.Description
	dir    string
	proxy  *proxy
	hosted sync.WaitGroup // services for the module
	ended  sync.Once

	watching  sync.WaitGroup // goroutines that watch it
	unwatched context.CancelFunc
	calm      context.Context // ends when there is little time left for it
	hurry     context.CancelFunc
	hung      atomic.Bool // whether it was killed for not answering
}

// Launch starts the process and asks it what it is, after checking the binary's
// checksum: ErrChecksum. Kill must be called, even if the process has ended by
// itself.
func Launch(ctx context.Context, o Options) (*Process, error) {
	if o.Within == 0 {
		o.Within = DefaultLaunch
	}
	o.Patience = o.orDefaults()
	p := &Process{opts: o, unwatched: func() {}}
	p.calm, p.hurry = context.WithCancel(context.WithoutCancel(ctx))
	if err := p.launch(ctx); err != nil {
		p.Kill()
		return nil, fmt.Errorf("launch module process: %w", err)
	}
	return p, nil
}

func (p *Process) launch(ctx context.Context) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	if p.opts.SHA256 != "" {
		if err := verify(p.opts.Path, p.opts.SHA256); err != nil {
			return err
		}
	}
	if p.dir, err = p.opts.Dir.child(); err != nil {
		return err
	}
	output, level := &lines{log: p.opts.Log}, leastLevel(ctx, p.opts.Log)
	p.client = goplugin.NewClient(&goplugin.ClientConfig{
		HandshakeConfig:  wire.Handshake(),
		Plugins:          goplugin.PluginSet{wire.PluginName: wire.LinkPlugin{}},
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		StartTimeout:     p.opts.Within,
		SyncStdout:       output,
		SyncStderr:       output,
		Logger:           hclog.New(&hclog.LoggerOptions{Level: hclog.Error, Output: output, JSONFormat: true}),
		GRPCDialOptions:  wire.DialOptions(),
		UnixSocketConfig: &goplugin.UnixSocketConfig{TempDir: p.dir},
		// go-plugin's own runner would start the process from a thread that may
		// end before the process does.
		RunnerFunc: func(_ hclog.Logger, spec *exec.Cmd, _ string) (runner.Runner, error) {
			env := append(spec.Env, wire.LogLevelVariable+"="+level)
			var err error
			p.child, err = newChild(p.opts.Path, p.opts.Args, env, output)
			return p.child, err
		},
	})
	protocol, err := p.client.Client()
	if err != nil {
		return err
	}
	raw, err := protocol.Dispense(wire.PluginName)
	if err != nil {
		return err
	}
	p.link = raw.(*wire.Link)
	ctx, stop := context.WithTimeout(ctx, p.opts.Within)
	defer stop()
	return p.ask(ctx)
}

// ask asks the process what its module is.
func (p *Process) ask(ctx context.Context) error {
	about, err := p.link.Describe(ctx)
	if err != nil {
		return err
	}
	if p.about = about; p.about.Name != p.opts.Name {
		return fmt.Errorf("the binary %s is the module %q, not %q", p.opts.Path, p.about.Name, p.opts.Name)
	}
	return nil
}

// Describe returns what the process said about its module.
func (p *Process) Describe() module.Description { return p.about }

// Done is closed when the process has ended, for whatever reason.
func (p *Process) Done() <-chan struct{} { return p.child.exited }

// ErrKilled means that somebody killed the process: an operator, or the system
// because it ran out of memory.
var ErrKilled = errors.New("the process was killed")

// Err returns how the process ended, once Done is closed: ErrKilled, or another
// error.
func (p *Process) Err() error {
	if p.hung.Load() {
		return ErrHung
	}
	state := p.child.Cmd.ProcessState
	if state == nil {
		return fmt.Errorf("the process ended: %w", p.child.err)
	}
	if s, ok := state.Sys().(syscall.WaitStatus); ok && s.Signaled() && s.Signal() == syscall.SIGKILL {
		return ErrKilled
	}
	return fmt.Errorf("the process ended by itself: %s", state)
}

// PID is the process id.
func (p *Process) PID() int { return p.child.Cmd.Process.Pid }

// Configure passes the module's section as YAML; the routes, which Describe
// returns afterwards, may depend on it. Faults are conf.Faults.
func (p *Process) Configure(ctx context.Context, yaml []byte) error {
	if err := p.link.Configure(ctx, yaml); err != nil {
		return err
	}
	return p.ask(ctx)
}

// Start starts the configured module with h, which must refuse what the module
// does not need. From then on the process is watched, and killed if it hangs.
func (p *Process) Start(ctx context.Context, h module.Host) error {
	id, serve := p.link.Host(h, p.opts.Log)
	p.hosted.Go(serve)
	socket, token := filepath.Join(p.dir, "http"), rand.Text()
	p.proxy = newProxy(socket, token)
	_, err := p.link.Module.Start(ctx, &modulev1.StartRequest{
		HostBrokerId: id, HttpSocket: socket, HttpToken: token,
		Telemetry: &modulev1.Telemetry{OtlpEndpoint: p.opts.Traces.OTLPEndpoint, TraceSampleRatio: p.opts.Traces.SampleRatio},
	})
	if err != nil {
		return hostapi.FromStatus(err)
	}
	watching, stop := context.WithCancel(context.WithoutCancel(ctx))
	p.unwatched = stop
	p.watching.Go(func() { p.watch(watching) })
	return nil
}

// Stop stops the module within the time ctx leaves, and ends the process. If it
// hangs it is killed earlier: ErrHung.
func (p *Process) Stop(ctx context.Context) error {
	defer p.Kill()
	p.Hurry()
	select {
	case <-p.Done():
		if p.hung.Load() {
			return ErrHung
		}
		return errors.New("the process had ended before")
	default:
	}
	_, err := p.link.Module.Stop(ctx, &modulev1.StopRequest{})
	if p.hung.Load() {
		return ErrHung
	}
	if status.Code(err) == codes.DeadlineExceeded { // nor would it end when asked to
		_ = p.child.kill()
	}
	return hostapi.FromStatus(err)
}

// killPatience is how long the process has to end when asked to, which a hanging
// one does not do.
const killPatience = 3 * time.Second

// Kill ends the process without stopping the module, and removes its sockets.
// Repeated calls do nothing.
func (p *Process) Kill() {
	p.ended.Do(func() {
		p.unwatched()
		p.hurry()
		if p.client != nil {
			late := time.AfterFunc(killPatience, func() {
				if p.child != nil && p.child.Cmd.Process != nil {
					_ = p.child.kill()
				}
			})
			p.client.Kill()
			late.Stop()
		}
		if p.child != nil && p.child.Cmd.Process != nil {
			_ = p.child.kill()
			<-p.child.exited
		}
		p.watching.Wait()
		p.hosted.Wait()
		if p.proxy != nil {
			p.proxy.close()
		}
		if p.dir != "" {
			_ = os.RemoveAll(p.dir)
		}
	})
}

// Handle proxies one request to the module; Start must have succeeded. It reports
// whether the request was answered: one that found no process, and of which
// nothing was read, can be given to another.
func (p *Process) Handle(w http.ResponseWriter, r *http.Request) (answered bool) {
	return p.proxy.Handle(w, r)
}
