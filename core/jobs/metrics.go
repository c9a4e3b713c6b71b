package jobs

import (
	"context"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// outcome is how an attempt ended.
type outcome string

const (
	done      outcome = "done"
	failed    outcome = "failed"    // will be retried
	givenUp   outcome = "given_up"  // will not be retried
	postponed outcome = "postponed" // not attempted
)

// metrics counts attempts and their duration by module, kind and outcome.
type metrics struct{ duration metric.Float64Histogram }

func newMetrics() (metrics, error) {
	h, err := otel.Meter(scope).Float64Histogram("foyer.job.duration", metric.WithUnit("s"),
		metric.WithDescription("Time of one attempt of a job, by module, kind and outcome (done, failed, given_up, postponed)."),
		metric.WithExplicitBucketBoundaries(0.005, 0.025, 0.1, 0.5, 1, 5, 10, 30, 60))
	return metrics{duration: h}, err
}

func (m metrics) record(ctx context.Context, moduleName, kind string, o outcome, took time.Duration) {
	m.duration.Record(ctx, took.Seconds(), metric.WithAttributes(
		attribute.String("module", moduleName), attribute.String("kind", kind), attribute.String("outcome", string(o))))
}
