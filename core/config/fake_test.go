package config_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// captions is a module that has only a configuration.
type captions struct {
	Agent string
	Wait  time.Duration
	Token conf.Secret
}

func newCaptions() *captions { return &captions{Agent: "transcriber", Wait: time.Minute} }

func (m *captions) Name() string         { return "captions" }
func (m *captions) Config() conf.Section { return m }
func (m *captions) Needs() module.Needs  { return module.Needs{} }

func (m *captions) Routes() []module.Route                   { return nil }
func (m *captions) Start(context.Context, module.Host) error { return nil }
func (m *captions) Stop(context.Context) error               { return nil }

func (m *captions) Fields(f *conf.Fields) {
	f.EnabledBy("ROOM_SUBTITLE_ENABLED")
	f.String("agent_name", &m.Agent, "Name of the agent.").Legacy("ROOM_SUBTITLE_AGENT_NAME")
	f.Duration("wait", &m.Wait, "How long to wait.")
	f.Secret("token", &m.Token, "Token of the agent.")
}

func (m *captions) Validate() error {
	if m.Agent == "" {
		return errors.Join(errors.New("agent_name: must be given"), errors.New("token: is useless so"))
	}
	return nil
}

func (m *captions) Warnings() []string {
	if m.Wait == 0 {
		return []string{"wait: nobody is waited for"}
	}
	return nil
}

func modules() []module.Module { return []module.Module{newCaptions()} }

// write creates a file in the test's folder.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// load loads text (no file if it is empty) with environ.
func load(t *testing.T, text string, environ ...string) (*config.Config, []config.Warning, error) {
	t.Helper()
	src := config.Source{Environ: environ, Modules: modules}
	if text != "" {
		src.File = write(t, "config.yaml", text)
	}
	return config.Load(src)
}

// mustLoad is load, without errors.
func mustLoad(t *testing.T, text string, environ ...string) *config.Config {
	t.Helper()
	c, _, err := load(t, text, environ...)
	require.NoError(t, err)
	return c
}
