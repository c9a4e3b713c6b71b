package config_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/conf"
)

func keeper(dir string) *config.Config {
	c := config.Default()
	c.Database.Dir = dir
	return c
}

func TestEnsureSecrets_makes_a_key_once_and_keeps_it_private(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	first := keeper(dir)
	warnings, err := first.EnsureSecrets()
	require.NoError(t, err)
	require.Empty(t, warnings)
	require.GreaterOrEqual(t, len(first.Secrets.Key.Reveal()), 32)

	second := keeper(dir)
	_, err = second.EnsureSecrets()
	require.NoError(t, err)
	require.Equal(t, first.Secrets.Key.Reveal(), second.Secrets.Key.Reveal())

	info, err := os.Stat(filepath.Join(dir, config.SecretsFile))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
	info, err = os.Stat(dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1)
}

func TestEnsureSecrets_leaves_a_configured_key_alone(t *testing.T) {
	c := keeper(filepath.Join(t.TempDir(), "data"))
	c.Secrets.Key = conf.NewSecret("given")
	_, err := c.EnsureSecrets()
	require.NoError(t, err)
	require.Equal(t, "given", c.Secrets.Key.Reveal())
	require.NoDirExists(t, c.Database.Dir)
}

func TestEnsureSecrets_gives_starts_at_once_the_same_key(t *testing.T) {
	dir := t.TempDir()
	keys := make([]string, 16)
	var starts sync.WaitGroup
	for i := range keys {
		starts.Go(func() {
			c := keeper(dir)
			if _, err := c.EnsureSecrets(); err == nil {
				keys[i] = c.Secrets.Key.Reveal()
			}
		})
	}
	starts.Wait()
	require.NotEmpty(t, keys[0])
	for _, k := range keys {
		require.Equal(t, keys[0], k)
	}
}

func TestEnsureSecrets_warns_of_open_permissions(t *testing.T) {
	dir := t.TempDir()
	_, err := keeper(dir).EnsureSecrets()
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o777))
	require.NoError(t, os.Chmod(filepath.Join(dir, config.SecretsFile), 0o644))
	warnings, err := keeper(dir).EnsureSecrets()
	require.NoError(t, err)
	require.Equal(t, []string{
		filepath.Join(dir, config.SecretsFile) + ": mode 0644: others can read or change it: chmod 600",
		dir + ": mode 0777: others can change files in it: chmod 700",
	}, texts(warnings))
}

func TestEnsureSecrets_refuses_a_file_it_cannot_use(t *testing.T) {
	for _, text := range []string{"", "{", "{}", `{"key": "short"}`} {
		dir := t.TempDir()
		name := filepath.Join(dir, config.SecretsFile)
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		_, err := keeper(dir).EnsureSecrets()
		require.ErrorContains(t, err, name)
		kept, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, text, string(kept))
	}
}
