package livekitdev

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"syscall"
	"time"
)

const (
	settle = 200 * time.Millisecond // it answers for a while before it heeds signals
	grace  = 20 * time.Second       // to end in
)

// process is one run of the program.
type process struct {
	cmd   *exec.Cmd
	since time.Time     // it answers
	log   *bytes.Buffer // complete once it ended
	ended chan struct{} // closed then
	err   error         // of its end
}

// run starts the program and returns when it answers at the address.
func run(ctx context.Context, path, config, url string) (*process, error) {
	cmd, log := exec.Command(path), &bytes.Buffer{}
	cmd.Env = []string{"LIVEKIT_CONFIG=" + config}
	cmd.Stdout, cmd.Stderr = log, log
	// It ends with this process, and signals of a terminal are not for it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, log: log, ended: make(chan struct{})}
	go func() {
		defer close(p.ended)
		p.err = cmd.Wait()
	}()
	if err := p.await(ctx, url); err != nil {
		p.kill()
		return nil, err
	}
	p.since = time.Now()
	return p, nil
}

// await asks until it answers.
func (p *process) await(ctx context.Context, url string) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !answers(ctx, url) {
		select {
		case <-p.ended:
			return fmt.Errorf("it ended at once: %s", p.log)
		case <-ctx.Done():
			return fmt.Errorf("wait until it answers: %w", ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}

func answers(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	return err == nil && resp.Body.Close() == nil && resp.StatusCode == http.StatusOK
}

// end asks it to end, disconnecting everybody. It takes two signals: after the
// first it would wait for those in its rooms. One that does not heed them is
// killed.
func (p *process) end() error {
	time.Sleep(time.Until(p.since.Add(settle)))
	for range 2 {
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		select {
		case <-p.ended:
		case <-time.After(20 * time.Millisecond):
		}
	}
	select {
	case <-p.ended:
		if p.err != nil {
			return fmt.Errorf("%w: %s", p.err, p.log)
		}
		return nil
	case <-time.After(grace):
		p.kill()
		return fmt.Errorf("it did not end in %s: %s", grace, p.log)
	}
}

// kill ends it at once.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.ended
}
