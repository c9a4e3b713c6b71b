package plugin

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
	"foyer/sdk/plugin/wire/modulev1"
)

// asModule makes the test's own binary a module's process.
const asModule = "FOYER_TEST_MODULE"

func TestMain(m *testing.M) {
	if os.Getenv(asModule) != "" {
		stdin, kept, err := os.Pipe() // the end of a test's own would end the module
		if err == nil {
			os.Stdin = stdin
			err = Serve(talker{})
		}
		fmt.Fprintln(os.Stderr, err)
		_ = kept.Close()
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// talker prints, and closes what it printed to.
type talker struct{ module.Module }

func (talker) Name() string { return "talker" }

func (talker) Check(context.Context) error {
	_, _ = os.Stdout.WriteString(strings.Repeat("x", 300_000) + "without an end of line")
	_ = os.Stdout.Close()
	_ = os.Stderr.Close()
	return nil
}

// printed is what the gateway got. It is safe for concurrent use.
type printed struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

func TestModule_that_closes_its_output_goes_on(t *testing.T) {
	var out printed
	cmd := exec.Command(os.Args[0]) //nolint:gosec,noctx // this binary; Kill ends it
	cmd.Env = []string{asModule + "=1", wire.LogLevelVariable + "=info", "TMPDIR=" + os.TempDir()}
	client := goplugin.NewClient(&goplugin.ClientConfig{
		HandshakeConfig: wire.Handshake(), Plugins: goplugin.PluginSet{wire.PluginName: wire.LinkPlugin{}}, Cmd: cmd,
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC}, AutoMTLS: true, SkipHostEnv: true,
		SyncStdout: &out, SyncStderr: &out, Logger: hclog.NewNullLogger(), GRPCDialOptions: wire.DialOptions(),
		UnixSocketConfig: &goplugin.UnixSocketConfig{},
	})
	defer client.Kill()
	protocol, err := client.Client()
	require.NoError(t, err)
	raw, err := protocol.Dispense(wire.PluginName)
	require.NoError(t, err)
	link := raw.(*wire.Link)
	_, err = link.Module.Check(t.Context(), &modulev1.CheckRequest{})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return strings.HasSuffix(out.String(), "xwithout an end of line") }, time.Minute, time.Millisecond)
	require.Len(t, out.String(), 300_000+len("without an end of line"))
	time.Sleep(200 * time.Millisecond) // in which it would have ended
	_, err = link.Module.Check(t.Context(), &modulev1.CheckRequest{})
	require.NoError(t, err)
	require.False(t, client.Exited())
}
