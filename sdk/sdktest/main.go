package sdktest

import (
	"fmt"
	"os"
	"testing"

	"foyer/sdk/module"
	"foyer/sdk/plugin"
	"foyer/sdk/plugin/wire"
)

// Main is for TestMain: it runs the tests, or the module if the test's binary was
// executed again as the module's process. It does not return.
func Main(m *testing.M, fresh func() module.Module, options ...plugin.Option) {
	hs := wire.Handshake()
	if os.Getenv(hs.MagicCookieKey) != hs.MagicCookieValue {
		os.Exit(m.Run())
	}
	if err := plugin.Serve(fresh(), options...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}
