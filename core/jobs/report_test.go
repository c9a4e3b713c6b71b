package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"foyer/sdk/module"
)

func nilLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

// lockedBuffer collects log lines from several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func TestMetrics_count_attempts_by_outcome(t *testing.T) {
	reader := metric.NewManualReader()
	before := otel.GetMeterProvider()
	otel.SetMeterProvider(metric.NewMeterProvider(metric.WithReader(reader)))
	t.Cleanup(func() { otel.SetMeterProvider(before) })

	ctx := context.Background()
	c := client(t, open(t, sqlite(t)), defaults(), runner{
		work: func(_ context.Context, _ string, j module.Job) error {
			if j.Kind == "fails" {
				return errors.New("no")
			}
			return nil
		}}, nil)
	require.NoError(t, c.Start(ctx))
	require.NoError(t, c.Enqueue(ctx, "m", "fine", nil, module.JobOptions{}))
	require.NoError(t, c.Enqueue(ctx, "m", "fails", nil, module.JobOptions{MaxAttempts: 2}))
	want := map[string]uint64{"fine done": 1, "fails failed": 1, "fails given_up": 1}
	require.Eventually(t, func() bool { return maps.Equal(want, counts(t, reader)) }, patience, 50*time.Millisecond)
}

// counts reads the number of attempts by kind and outcome.
func counts(t *testing.T, reader metric.Reader) map[string]uint64 {
	var data metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(context.Background(), &data))
	got := map[string]uint64{}
	for _, s := range data.ScopeMetrics {
		for _, m := range s.Metrics {
			h, ok := m.Data.(metricdata.Histogram[float64])
			if !ok || m.Name != "foyer.job.duration" {
				continue
			}
			for _, p := range h.DataPoints {
				if mod, _ := p.Attributes.Value("module"); mod.AsString() != "m" {
					continue
				}
				kind, _ := p.Attributes.Value("kind")
				outcome, _ := p.Attributes.Value("outcome")
				got[kind.AsString()+" "+outcome.AsString()] = p.Count
			}
		}
	}
	return got
}
