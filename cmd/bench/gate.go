package main

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"foyer/flags"
)

// gate measures the check that every request to a flagged route passes.
func gate(ctx context.Context, _ string, _ time.Duration) ([]figure, error) {
	values := map[flags.Key]bool{"subtitles": true}
	gates, err := flags.NewGates(ctx, flags.NewStatic(values), values, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, fmt.Errorf("measure the gate: %w", err)
	}
	r := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if !gates.On("subtitles") {
				b.Fatal("the flag is on")
			}
		}
	})
	return []figure{{
		what:     "gate on a static flag",
		measured: fmt.Sprintf("%.1f ns, %d allocations", float64(r.T.Nanoseconds())/float64(r.N), r.AllocsPerOp()),
		promise:  "under 100 ns, none",
		met:      r.NsPerOp() < 100 && r.AllocsPerOp() == 0,
	}}, gates.Close(ctx)
}
