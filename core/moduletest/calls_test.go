package moduletest_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"foyer/core/host"

	"github.com/stretchr/testify/require"

	"foyer/core/catalog"
	"foyer/core/moduletest"
	"foyer/sdk/hostapi"
	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
)

func get(path string) moduletest.Request {
	return moduletest.Request{Method: http.MethodGet, Path: path}
}

func TestEvents_and_jobs_reach_the_module(t *testing.T) {
	bothPlacements(t, func(t *testing.T, g *moduletest.Gateway) {
		ctx := t.Context()
		require.Equal(t, []string{"probe"}, g.Catalog.For("room_finished"))
		require.Empty(t, g.Catalog.For("room_started"))
		e := module.Event{ID: "1", Name: "room_finished", Room: "r", At: time.Now(), Body: []byte("{}")}
		require.NoError(t, g.Catalog.Deliver(ctx, "probe", e))
		require.NoError(t, g.Catalog.Work(ctx, "probe", module.Job{Kind: "count", Args: []byte("{}"), Attempt: 3}))
		require.JSONEq(t, `{"heard":1,"worked":3}`, g.Send(t, get("/probe/counts/")).Body)

		e.Room = "missing"
		err := g.Catalog.Deliver(ctx, "probe", e)
		require.ErrorIs(t, err, module.ErrNotFound)
		require.ErrorContains(t, err, "find room: not found")
		require.ErrorContains(t, g.Catalog.Work(ctx, "probe", module.Job{Kind: "panic"}), "panic: probe")
		require.ErrorIs(t, g.Catalog.Work(ctx, "probe", module.Job{Kind: "hopeless"}), module.ErrGiveUp)
		require.JSONEq(t, `{"heard":1,"worked":3}`, g.Send(t, get("/probe/counts/")).Body, "a panic ends one call")
	})
}

func TestKV_keeps_its_meaning(t *testing.T) {
	bothPlacements(t, func(t *testing.T, g *moduletest.Gateway) {
		a := g.Send(t, get("/probe/kv/"))
		require.JSONEq(t, `{"missing":true,"first":true,"second":false,"value":"v","others":false,"ours":true,"expired":true,"empty":0}`, a.Body)
	})
}

func TestCheck_tells_the_module_s_health(t *testing.T) {
	bothPlacements(t, func(t *testing.T, g *moduletest.Gateway) {
		health := g.Catalog.Check(t.Context())
		require.Contains(t, health, "probe")
		require.NoError(t, health["probe"])
		require.NoError(t, g.Store.KVPut(t.Context(), "probe", "sick", []byte("yes"), nil))
		require.ErrorIs(t, g.Catalog.Check(t.Context())["probe"], module.ErrUnavailable)
		require.Equal(t, map[string]any{"probe": map[string]any{"enabled": true, "greeting": "hello"}}, g.Catalog.Advertise())
	})
}

// awaitInside waits until a request is running in the module.
func awaitInside(t *testing.T, g *moduletest.Gateway) {
	t.Helper()
	require.Eventually(t, func() bool {
		_, err := g.Store.KVGet(t.Context(), "probe", "inside", time.Now())
		return err == nil
	}, 60*time.Second, time.Millisecond)
}

func TestRequest_that_runs_ends_before_the_module_stops(t *testing.T) {
	bothPlacements(t, func(t *testing.T, g *moduletest.Gateway) {
		answer := make(chan moduletest.Answer)
		go func() { answer <- g.Send(t, get("/probe/slow/")) }()
		awaitInside(t, g)
		g.Switch(false)
		require.Equal(t, http.StatusNotFound, g.Send(t, get("/probe/slow/")).Status, "the gate closes first")
		require.Equal(t, `"late"`, (<-answer).Body)
	})
}

func TestRequest_that_does_not_end_is_cut_off(t *testing.T) {
	c := moduletest.Case{New: newProbe, Policy: catalog.Policy{Drain: 20 * time.Millisecond}}
	g := moduletest.Start(t, c, true)
	answer := make(chan moduletest.Answer)
	go func() { answer <- g.Send(t, get("/probe/stuck/")) }()
	awaitInside(t, g)
	g.Switch(false)
	a := <-answer
	require.Equal(t, http.StatusServiceUnavailable, a.Status)
	require.NotEmpty(t, a.Header.Get("Retry-After"))
}

func TestStart_that_is_refused_aborts_boot_and_leaves_no_process(t *testing.T) {
	dir, err := os.MkdirTemp("", "mt")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	path, err := os.Executable()
	require.NoError(t, err)
	log := moduletest.Log(t)
	for config, want := range map[string]string{
		"refuse: true\n":   "module probe did not start: refused as configured",
		"greeting: \"\"\n": "module probe did not start: modules.probe: greeting: must not be empty",
	} {
		c, err := catalog.New(catalog.Options{
			Modules: []module.Module{newProbe()}, Flags: on{}, Log: log, Host: host.Services{Parts: hostapi.Parts{Log: log}}.Host, Dir: dir,
			Command:  func(name string) (string, []string) { return path, []string{"module", name} },
			Sections: []catalog.Section{{Name: "probe", Process: true, Raw: []byte(config)}},
			Policy:   catalog.Policy{Launch: time.Minute, Start: time.Minute}, // long enough for a test binary, as moduletest's own
		})
		require.NoError(t, err)
		require.EqualError(t, c.Start(t.Context()), want)
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left)
	}
}

// This is the way that does not depend on the kernel: the gateway holds the other end of
// a pipe.
func TestProcess_ends_when_its_input_does(t *testing.T) {
	path, err := os.Executable()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	gateway := httptest.NewTLSServer(nil) // for its certificate
	defer gateway.Close()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: gateway.Certificate().Raw})
	cmd := exec.CommandContext(ctx, path, "module", "probe")
	cmd.Env = []string{"PLUGIN_CLIENT_CERT=" + string(certificate), "FOYER_MODULE=c1a7a0b0-2d0e-4c55-9a5e-7d1f3b9a6f10", "FOYER_MODULE_LOG_LEVEL=info", "PLUGIN_PROTOCOL_VERSIONS=2", "TMPDIR=" + t.TempDir()}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line := make([]byte, 4)
	_, err = io.ReadFull(out, line)
	require.NoError(t, err)
	require.Equal(t, "1|2|", string(line), "it serves")
	require.NoError(t, in.Close())
	require.Error(t, cmd.Wait())
	require.Equal(t, 1, cmd.ProcessState.ExitCode())
	require.Contains(t, stderr.String(), "the gateway is gone")
}

func TestTrace_goes_on_in_the_module_s_process(t *testing.T) {
	var mu sync.Mutex
	var sent []byte
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, b...)
	}))
	defer collector.Close()
	g := moduletest.Start(t, moduletest.Case{New: newProbe, Traces: wire.Traces{OTLPEndpoint: collector.URL, SampleRatio: 1}}, true)
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	r := get("/probe/say/x/")
	r.Header = http.Header{"Traceparent": {"00-" + id + "-00f067aa0ba902b7-01"}}
	require.Equal(t, http.StatusOK, g.Send(t, r).Status)
	g.Switch(false) // flushes
	want, err := hex.DecodeString(id)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return bytes.Contains(sent, want) && bytes.Contains(sent, []byte("module probe /probe/say/:what/"))
	}, 60*time.Second, time.Millisecond)
}
