package summary

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/summarydev"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

func connect(t *testing.T, url string, change ...func(*Config)) *client {
	t.Helper()
	cfg := defaults()
	cfg.Version, cfg.Endpoint, cfg.Token, cfg.Timeout = version2, url, conf.NewSecret(summarydev.Token), 20*time.Second
	for _, c := range change {
		c(cfg)
	}
	c := newClient(cfg)
	t.Cleanup(c.close)
	return c
}

func peer(t *testing.T) *summarydev.Peer {
	t.Helper()
	p := summarydev.Start(false)
	t.Cleanup(p.Stop)
	return p
}

func TestSubmit_gives_the_job_of_the_service(t *testing.T) {
	p := peer(t)
	c := connect(t, p.URL)
	process, err := c.submit(t.Context(), map[string]int{"a": 1}, "key")
	require.NoError(t, err)
	again, err := c.submit(t.Context(), map[string]int{"a": 1}, "key")
	require.NoError(t, err)
	require.Equal(t, process, again, "the key tells that it is the same")
	require.Len(t, p.Taken(), 1)
	require.JSONEq(t, `{"a":1}`, string(p.Taken()[0].Payload))

	old := connect(t, p.URL, func(c *Config) { c.Version = version1 })
	process, err = old.submit(t.Context(), nil, "another")
	require.NoError(t, err)
	require.Empty(t, process, "version 1 knows no jobs")
}

func TestSubmit_tells_what_may_be_tried_again(t *testing.T) {
	for mode, again := range map[summarydev.Mode]bool{
		summarydev.Fail: true, summarydev.Drop: true, summarydev.Refuse: false, summarydev.NoJob: false,
	} {
		t.Run(string(mode), func(t *testing.T) {
			p := peer(t)
			p.Behave(mode)
			_, err := connect(t, p.URL).submit(t.Context(), nil, "key")
			require.Error(t, err)
			if again {
				require.NotErrorIs(t, err, module.ErrGiveUp)
			} else {
				require.ErrorIs(t, err, module.ErrGiveUp)
			}
		})
	}
	t.Run("a wrong token", func(t *testing.T) {
		c := connect(t, peer(t).URL, func(c *Config) { c.Token = conf.NewSecret("old") })
		_, err := c.submit(t.Context(), nil, "key")
		require.ErrorContains(t, err, "403")
		require.NotErrorIs(t, err, module.ErrGiveUp, "somebody will set it right")
	})
	t.Run("nothing configured", func(t *testing.T) {
		_, err := connect(t, "").submit(t.Context(), nil, "key")
		require.ErrorContains(t, err, "endpoint")
		require.NotErrorIs(t, err, module.ErrGiveUp)
	})
}

func TestSubmit_does_not_wait_for_ever(t *testing.T) {
	p := peer(t)
	p.Behave(summarydev.Stall)
	c := connect(t, p.URL, func(c *Config) { c.Timeout = 50 * time.Millisecond })
	_, err := c.submit(t.Context(), nil, "key")
	late, ok := errors.AsType[net.Error](err)
	require.True(t, ok && late.Timeout(), err)
}

func TestSubmit_follows_redirects_with_the_body(t *testing.T) {
	p := peer(t)
	front := httptest.NewServer(http.RedirectHandler(p.URL, http.StatusTemporaryRedirect))
	t.Cleanup(front.Close)
	_, err := connect(t, front.URL).submit(t.Context(), map[string]int{"a": 1}, "key")
	require.NoError(t, err)
	require.JSONEq(t, `{"a":1}`, string(p.Taken()[0].Payload))
}

func TestSubmit_leaves_a_failing_service_alone_for_a_while(t *testing.T) {
	p := peer(t)
	p.Behave(summarydev.Fail)
	c := connect(t, p.URL, func(c *Config) { c.Breaker = Breaker{Failures: 2, Pause: 10 * time.Second} })
	for range 2 {
		_, err := c.submit(t.Context(), nil, "key")
		require.ErrorContains(t, err, "503")
	}
	_, err := c.submit(t.Context(), nil, "key")
	require.ErrorIs(t, err, errSpared)
	require.Equal(t, 2, p.Calls())

	p.Behave(summarydev.Accept)
	require.Eventually(t, func() bool {
		_, err := c.submit(t.Context(), nil, "key")
		return err == nil
	}, time.Minute, 50*time.Millisecond)
}
