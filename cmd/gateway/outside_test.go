package main

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// mostLines is the most code a module may take its author, in one folder.
const mostLines = 60

// outside is a temporary repository for a module, with the files in one chapter of
// docs/writing-a-module.md and nothing else.
type outside struct {
	*testing.T
	folder string
	files  map[string]string
}

func newOutside(t *testing.T) *outside {
	t.Helper()
	text, err := os.ReadFile("../../docs/writing-a-module.md")
	require.NoError(t, err)
	_, chapter, found := strings.Cut(string(text), "## From nothing to a running module\n")
	require.True(t, found)
	chapter, _, _ = strings.Cut(chapter, "\n## ")
	o := &outside{t, t.TempDir(), map[string]string{}}
	for _, m := range regexp.MustCompile("(?s)\n`([a-z_.]+)`:\n\n```[a-z]*\n(.*?\n)```\n").FindAllStringSubmatch(chapter, -1) {
		o.files[m[1]] = m[2]
	}
	require.Len(t, o.files, 4, "go.mod, main.go, main_test.go, config.yaml")
	sdk, err := filepath.Abs("../../sdk")
	require.NoError(t, err)
	const placeholder = "/path/to/foyer/sdk"
	require.Contains(t, o.files["go.mod"], placeholder)
	o.files["go.mod"] = strings.Replace(o.files["go.mod"], placeholder, sdk, 1)
	for name, content := range o.files {
		if name != "config.yaml" {
			write(t, o.folder, name, "%s", content)
		}
	}
	// What "go mod tidy" would write, without asking the network.
	sums, err := os.ReadFile("../../sdk/go.sum")
	require.NoError(t, err)
	write(t, o.folder, "go.sum", "%s", sums)
	return o
}

// golang runs the go command in the repository, without access to anything outside it.
func (o *outside) golang(environ []string, args ...string) string {
	o.Helper()
	cmd := exec.CommandContext(o.Context(), "go", args...)
	cmd.Dir = o.folder
	cmd.Env = append(append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off"), environ...)
	out, err := cmd.CombinedOutput()
	require.NoError(o, err, string(out))
	return string(out)
}

// build builds the binary and returns its path and checksum.
func (o *outside) build(name string) (path, sum string) {
	o.Helper()
	path = filepath.Join(o.folder, name)
	o.golang(nil, "build", "-trimpath", "-ldflags", "-s -w", "-o", path, ".")
	text, err := os.ReadFile(path)
	require.NoError(o, err)
	return path, fmt.Sprintf("%x", sha256.Sum256(text))
}

// configure makes the gateway in dir run the binary.
func (o *outside) configure(dir, path, sum string) {
	o.Helper()
	text := o.files["config.yaml"]
	for placeholder, value := range map[string]string{"/usr/local/lib/foyer/doorbell-1": path, strings.Repeat("0", 64): `"` + sum + `"`} {
		require.Contains(o, text, placeholder)
		text = strings.Replace(text, placeholder, value, 1)
	}
	write(o.T, dir, "config.yaml", "%s", text)
}

func TestOutside_module_is_written_tested_run_upgraded_and_killed_as_the_docs_say(t *testing.T) {
	t.Parallel()
	o := newOutside(t)
	require.LessOrEqual(t, strings.Count(o.files["main.go"], "\n"), mostLines)

	first, sum := o.build("doorbell-1")
	said := o.golang([]string{"FOYER_GATEWAY=" + build(t, "gateway", ".")}, "test", "-v", "-count=1", "./...")
	for _, placement := range []string{"in_process", "own_process", "under_a_gateway"} {
		require.Contains(t, said, "--- PASS: TestDoorbell_remembers_who_rang/"+placement)
	}

	dir := t.TempDir()
	o.configure(dir, first, sum)
	s := serve(t, dir, nil)
	ring := func(door string) string {
		a, err := s.try(plain, http.MethodPost, "/api/v1.0/doorbell/"+door+"/", "")
		if err != nil {
			return err.Error()
		}
		return a.body
	}
	require.Equal(t, `{"again":false,"sound":"Dong"}`, ring("front"))

	killed := s.child()
	require.NoError(t, syscall.Kill(killed, syscall.SIGKILL))
	require.Equal(t, http.StatusOK, s.get("/__lbheartbeat__").status)
	require.Eventually(t, func() bool { return ring("front") == `{"again":true,"sound":"Dong"}` }, waitLong, waitShort, later(s.logs))
	require.NotEqual(t, killed, s.child())

	write(t, o.folder, "main.go", "%s", strings.Replace(o.files["main.go"], `"sound": d.sound`, `"sound": d.sound + "!"`, 1))
	second, newer := o.build("doorbell-2")
	require.NotEqual(t, sum, newer)
	o.configure(dir, second, sum)
	refused := gateway(t, dir, nil, "check-config")
	require.NotZero(t, refused.code)
	for _, named := range []string{"modules.external[0].sha256: the checksum of " + second, newer} {
		require.Contains(t, refused.out+refused.errors, named)
	}
	s.signal(syscall.SIGHUP)
	s.logged("the old one stays")
	require.Equal(t, `{"again":true,"sound":"Dong"}`, ring("front"), "the upgrade that was refused did harm")

	o.configure(dir, second, newer)
	checked := gateway(t, dir, nil, "check-config")
	require.Zero(t, checked.code, checked.out+checked.errors)
	require.Zero(t, s.stop(), s.logs())
	s = serve(t, dir, nil)
	require.Equal(t, `{"again":true,"sound":"Dong!"}`, ring("front"))
	require.Equal(t, `{"again":false,"sound":"Dong!"}`, ring("back"))
}

// What the tests of the sdk and of the example assert about the gateway in memory holds
// for a real one: they run against it too, with the same assertions.
func TestOutside_stand_in_answers_as_the_gateway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ folder, pkg, test string }{
		{"../../sdk", "./sdktest", "TestPlace_routes_requests_as_the_gateway_does"},
		{"../../examples/hello", ".", "TestHello_greets_in_a_room_and_remembers_its_end"},
	} {
		t.Run(c.test, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "go", "test", "-v", "-count=1", c.pkg)
			cmd.Dir = c.folder
			cmd.Env = append(os.Environ(), "FOYER_GATEWAY="+build(t, "gateway", "."))
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, string(out))
			require.Contains(t, string(out), "--- PASS: "+c.test+"/under_a_gateway")
		})
	}
}
