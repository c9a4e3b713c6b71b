package config_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/conf"
)

// external returns a configuration with one external module, switched on.
func external(path, sum string) string {
	return "modules:\n  external:\n    - name: hello\n      path: " + path + "\n      sha256: " + sum +
		"\n      enabled: true\n      config:\n        agent_name: x\n        wiat: 5s\n"
}

func TestExternal_section_is_kept_for_its_module(t *testing.T) {
	path := write(t, "hello", "a binary")
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte("a binary")))
	c := mustLoad(t, external(path, strings.ToUpper(sum)))
	s, ok := c.ModuleSection("hello")
	require.True(t, ok)
	require.Equal(t, []any{true, config.RunProcess, path, sum}, []any{s.Enabled, s.Run, s.Path, s.SHA256})
	require.EqualError(t, conf.Decode("config.yaml", "modules.hello", s.Raw(), newCaptions()),
		`config.yaml:9: modules.hello.wiat: unknown key (did you mean "wait"?)`)
}

func TestExternal_binary_is_checked_while_its_module_is_on(t *testing.T) {
	path, other := write(t, "hello", "a binary"), strings.Repeat("ab", 32)
	_, _, err := load(t, external(path, other))
	require.ErrorContains(t, err, fmt.Sprintf("config.yaml:5: modules.external[0].sha256: the checksum of %s is %x", path, sha256.Sum256([]byte("a binary"))))
	_, _, err = load(t, external("/nowhere/hello", other))
	require.ErrorContains(t, err, "config.yaml:4: modules.external[0].path: open /nowhere/hello: no such file or directory")
	mustLoad(t, strings.Replace(external("/nowhere/hello", other), "enabled: true", "enabled: false", 1))
}
