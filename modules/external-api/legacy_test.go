package externalapi_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	externalapi "foyer/modules/external-api"
	"foyer/sdk/module"
)

// The environment of a replaced server works unchanged, even with a lifetime that made
// tokens expire the moment they were issued.
func TestExpiration_of_an_old_environment_starts(t *testing.T) {
	load := func(seconds string) (time.Duration, error) {
		var m module.Module
		_, _, err := config.Load(config.Source{
			Environ: []string{"EXTERNAL_API_ENABLED=true", "APPLICATION_JWT_EXPIRATION_SECONDS=" + seconds},
			Modules: func() []module.Module { m = externalapi.New(); return []module.Module{m} },
		})
		return m.Config().(*externalapi.Config).OAuth.TTL, err
	}
	for seconds, want := range map[string]time.Duration{"0": time.Hour, "00": time.Hour, "1": time.Second, " 7200 ": 2 * time.Hour} {
		got, err := load(seconds)
		require.NoError(t, err, "%q", seconds)
		require.Equal(t, want, got, "%q", seconds)
	}
	for _, seconds := range []string{"-1", "an hour", "1.5", "99999999999"} {
		_, err := load(seconds)
		require.ErrorContains(t, err, "APPLICATION_JWT_EXPIRATION_SECONDS", "%q", seconds)
	}
}
