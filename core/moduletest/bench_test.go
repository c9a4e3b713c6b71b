package moduletest_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/moduletest"
)

// BenchmarkPlacement measures sequential requests on one connection; the difference is
// the cost of a separate process.
func BenchmarkPlacement(b *testing.B) {
	for name, process := range map[string]bool{"inprocess": false, "process": true} {
		b.Run(name, func(b *testing.B) {
			g := moduletest.Start(b, moduletest.Case{New: newProbe}, process)
			for b.Loop() {
				resp, err := http.Get(g.URL + "/probe/say/x/")
				require.NoError(b, err)
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		})
	}
}
