package moduletest_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/catalog"
	"foyer/core/host"
	"foyer/core/moduletest"
	"foyer/core/process"
	"foyer/core/store"
	"foyer/sdk/hostapi"
	"foyer/sdk/module"
)

const helloFolder = "../../examples/hello"

// builds holds the example's binary, built once, as its author would build it.
var builds struct {
	sync.Once
	text []byte
	err  error
}

func builtHello(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "hello")
	builds.Do(func() {
		out, err := exec.CommandContext(t.Context(), "go", "build", "-C", helloFolder, "-trimpath", "-ldflags", "-s -w", "-o", path, ".").CombinedOutput()
		if builds.err = err; err != nil {
			builds.text = out
			return
		}
		builds.text, builds.err = os.ReadFile(path)
	})
	require.NoError(t, builds.err, string(builds.text))
	require.NoError(t, os.WriteFile(path, builds.text, 0o700))
	return path
}

func hello(t *testing.T) *moduletest.Binary {
	t.Helper()
	return &moduletest.Binary{Name: "hello", Path: builtHello(t), SHA256: fmt.Sprintf("%x", sha256.Sum256(builds.text))}
}

// What a module's author inherits, and ships.
const (
	mostRequirements = 25
	mostBytes        = 16_000_000
)

func TestHello_requires_little_and_is_small(t *testing.T) {
	run := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "go", args...).Output()
		require.NoError(t, err, string(out))
		return string(out)
	}
	var mod struct{ Require []struct{ Path string } }
	require.NoError(t, json.Unmarshal([]byte(run("mod", "edit", "-json", filepath.Join(helloFolder, "go.mod"))), &mod))
	require.NotEmpty(t, mod.Require)
	require.LessOrEqual(t, len(mod.Require), mostRequirements)

	info, err := os.Stat(builtHello(t))
	require.NoError(t, err)
	require.LessOrEqual(t, info.Size(), int64(mostBytes))

	imported := run("list", "-C", helloFolder, "-deps", "-test", "./...")
	require.Contains(t, imported, "foyer/sdk/plugin\n")
	for _, heavy := range []string{
		"foyer/core", "foyer/flags", "foyer/internal", "github.com/redis", "github.com/gin-gonic", "github.com/jackc", "modernc.org",
		"\ndatabase/sql\n", "github.com/riverqueue", "github.com/prometheus", "github.com/stretchr",
	} {
		require.NotContains(t, imported, heavy)
	}
}

func TestHello_reads_a_room_and_hears_of_its_end(t *testing.T) {
	var room store.Room
	c := moduletest.Case{Binary: hello(t), Config: "greeting: Welcome\n", Flags: []module.Flag{"hello_rooms"}}
	c.Prepare = func(ctx context.Context, s *store.Store) error {
		sub := "ada"
		owner, err := s.CreateUser(ctx, store.User{Sub: &sub, IsActive: true, Language: "en-us", Timezone: "UTC"})
		if err != nil {
			return err
		}
		room, err = s.CreateRoom(ctx, store.Room{Name: "Weekly call", Slug: "weekly-call", AccessLevel: store.Public}, owner.ID)
		return err
	}
	g := moduletest.Start(t, c, true)
	get := func(room string) moduletest.Answer {
		return g.Send(t, moduletest.Request{Method: http.MethodGet, Path: "/api/v1.0/hello/" + room + "/"})
	}
	require.Equal(t, `{"greeting":"Welcome, Weekly call","met_before":false}`, get("weekly-call").Body)
	require.Equal(t, `{"detail":"No Room matches the given query."}`, get("other").Body)

	require.Equal(t, []string{"hello"}, g.Catalog.For("room_finished"))
	require.Empty(t, g.Catalog.For("room_started"))
	e := module.Event{ID: uuid.NewString(), Name: "room_finished", Room: room.ID.String(), At: time.Now(), Body: []byte("{}")}
	require.NoError(t, g.Catalog.Deliver(t.Context(), "hello", e))
	require.Equal(t, `{"greeting":"Welcome, Weekly call","met_before":true}`, get(room.ID.String()).Body)

	g.Switch(false)
	require.Equal(t, http.StatusNotFound, get("weekly-call").Status)
	require.Empty(t, g.Catalog.For("room_finished"))
}

func TestHello_route_is_unknown_while_its_flag_is_off(t *testing.T) {
	g := moduletest.Start(t, moduletest.Case{Binary: hello(t)}, true)
	a := g.Send(t, moduletest.Request{Method: http.MethodGet, Path: "/api/v1.0/hello/weekly-call/"})
	require.Equal(t, g.Send(t, moduletest.Request{Method: http.MethodGet, Path: "/no-such-path/"}), a)
	require.Zero(t, g.Guard.Admissions.Load())
}

func TestHello_is_refused_with_a_wrong_checksum(t *testing.T) {
	b := hello(t)
	found := b.SHA256
	b.SHA256 = fmt.Sprintf("%x", sha256.Sum256([]byte("another binary")))
	err := startBinary(t, b, "")
	require.ErrorIs(t, err, process.ErrChecksum)
	require.ErrorContains(t, err, "module hello did not start")
	require.ErrorContains(t, err, found)
	require.ErrorContains(t, err, b.SHA256)
}

func TestHello_is_refused_with_an_unknown_key_or_another_name(t *testing.T) {
	b := hello(t)
	require.ErrorContains(t, startBinary(t, b, "greting: hi\n"), "modules.hello.greting: unknown key")
	b.Name = "goodbye"
	require.ErrorContains(t, startBinary(t, b, ""), `is the module "hello", not "goodbye"`)
}

// startBinary starts a catalog with only the binary.
func startBinary(t *testing.T, b *moduletest.Binary, config string) error {
	log := moduletest.Log(t)
	dir, err := os.MkdirTemp("", "mt")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	c, err := catalog.New(catalog.Options{
		Sections: []catalog.Section{{Name: b.Name, Process: true, Path: b.Path, SHA256: b.SHA256, Raw: []byte(config)}},
		Flags:    everyFlag{}, Log: log, Host: host.Services{Parts: hostapi.Parts{Log: log}}.Host, Dir: dir,
	})
	require.NoError(t, err)
	err = c.Start(t.Context())
	left, readErr := os.ReadDir(dir)
	require.NoError(t, readErr)
	require.Empty(t, left, "a failed boot left something")
	return err
}

type everyFlag struct{}

func (everyFlag) On(module.Flag) bool              { return true }
func (everyFlag) OnChange(func(module.Flag, bool)) {}
