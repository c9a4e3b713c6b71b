package summary

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"foyer/sdk/module"
)

// answerLimit bounds how much of the service's answer is read, in bytes.
const answerLimit = 1 << 20

// processLimit is the longest job id that can be stored.
const processLimit = 255

// errSpared means that the service has failed and is left alone for a while.
var errSpared = errors.New("the summary service is left alone after failures in a row")

// client calls the service.
type client struct {
	config  *Config
	http    *http.Client
	breaker circuitbreaker.CircuitBreaker[any]
}

func newClient(c *Config) *client {
	return &client{
		config: c,
		// Redirects are followed; 307 and 308 keep the body.
		http: &http.Client{Timeout: c.Timeout, Transport: otelhttp.NewTransport(http.DefaultTransport.(*http.Transport).Clone())},
		breaker: circuitbreaker.NewBuilder[any]().
			WithFailureThreshold(uint(c.Breaker.Failures)).WithDelay(c.Breaker.Pause).WithSuccessThreshold(1).Build(),
	}
}

func (c *client) close() { c.http.CloseIdleConnections() }

// submit announces a recording and returns the service's job id, "" with version 1. The
// key is the same for every attempt at a recording. The error is module.ErrGiveUp if
// another attempt cannot help, and module.ErrPostponed as long as no service is
// configured.
func (c *client) submit(ctx context.Context, payload any, key string) (process string, err error) {
	if c.config.Endpoint == "" || c.config.Token.IsZero() {
		return "", fmt.Errorf("announce a recording: modules.summary needs endpoint and api_token: %w", module.ErrPostponed)
	}
	text, err := json.Marshal(payload)
	if err != nil {
		return "", fmt.Errorf("announce a recording: %w", err)
	}
	if !c.breaker.TryAcquirePermit() {
		return "", errSpared
	}
	status, answer, err := c.post(ctx, text, key)
	if err != nil || status >= http.StatusInternalServerError {
		c.breaker.RecordFailure()
	} else {
		c.breaker.RecordSuccess()
	}
	if err != nil {
		return "", fmt.Errorf("announce a recording: %w", err)
	}
	return c.accepted(status, answer)
}

func (c *client) post(ctx context.Context, text []byte, key string) (status int, answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.Endpoint, bytes.NewReader(text))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+c.config.Token.Reveal())
	req.Header.Set("Idempotency-Key", key)
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, answerLimit))
	return resp.StatusCode, answer, err
}

// accepted reads the service's answer. A verdict on our payload will not change;
// anything else may, even a wrong token.
func (c *client) accepted(status int, answer []byte) (string, error) {
	switch {
	case status == http.StatusBadRequest, status == http.StatusRequestEntityTooLarge, status == http.StatusUnprocessableEntity:
		return "", fmt.Errorf("the summary service refuses the recording with %d: %w", status, module.ErrGiveUp)
	case status >= http.StatusBadRequest:
		return "", fmt.Errorf("the summary service answers %d", status)
	case c.config.Version == version1:
		return "", nil
	}
	var job struct {
		ID *string `json:"job_id"`
	}
	if err := json.Unmarshal(answer, &job); err != nil || job.ID == nil || *job.ID == "" || len(*job.ID) > processLimit {
		// It may have accepted the recording: another attempt would start a second job.
		return "", fmt.Errorf("the summary service answers %d without a job id: %w", status, module.ErrGiveUp)
	}
	return *job.ID, nil
}
