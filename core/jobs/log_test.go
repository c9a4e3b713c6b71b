package jobs

import (
	"bytes"
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQuiet_keeps_commentary_and_what_a_stop_breaks_out_of_the_log(t *testing.T) {
	var out bytes.Buffer
	writes := newOutage(func(context.Context) error { return nil })
	log := slog.New(quiet{slog.NewTextHandler(&out, nil), writes})
	stopped, stop := context.WithCancel(t.Context())
	stop()
	log.ErrorContext(stopped, "Error starting transaction")
	log.InfoContext(t.Context(), "River client started")
	require.Empty(t, out.String())

	log.ErrorContext(t.Context(), "Error starting transaction")
	log.InfoContext(t.Context(), "JobRescuer: Ran successfully")
	writes.end()
	require.Contains(t, out.String(), "level=ERROR")
	require.Contains(t, out.String(), "level=WARN")
}
