package livekitserver

import (
	"context"
	"fmt"
	"net/http"
	"syscall"
	"time"

	"foyer/internal/dev/program"
)

const (
	settle = 200 * time.Millisecond // it answers for a while before it heeds signals
	grace  = 20 * time.Second       // for it to exit
)

// process is one run of the program.
type process struct {
	*program.Process
	since time.Time // when it first answered
}

// run starts the program and returns once it answers at the URL.
func run(ctx context.Context, path, config, url string) (*process, error) {
	started, err := program.Run(path, []string{"LIVEKIT_CONFIG=" + config})
	if err != nil {
		return nil, err
	}
	p := &process{Process: started}
	if err := p.await(ctx, url); err != nil {
		p.Kill()
		return nil, err
	}
	p.since = time.Now()
	return p, nil
}

// await polls until it answers.
func (p *process) await(ctx context.Context, url string) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !answers(ctx, url) {
		select {
		case <-p.Ended:
			return fmt.Errorf("it ended at once: %s", p.Log)
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

// end makes it exit, disconnecting everybody. That takes two signals: after the first
// alone it would wait for the participants in its rooms. If it does not heed them it is
// killed.
func (p *process) end() error {
	time.Sleep(time.Until(p.since.Add(settle)))
	for range 2 {
		p.Signal(syscall.SIGTERM)
		select {
		case <-p.Ended:
		case <-time.After(20 * time.Millisecond):
		}
	}
	select {
	case <-p.Ended:
		if p.Err != nil {
			return fmt.Errorf("%w: %s", p.Err, p.Log)
		}
		return nil
	case <-time.After(grace):
		p.Kill()
		return fmt.Errorf("it did not end in %s: %s", grace, p.Log)
	}
}
