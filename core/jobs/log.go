package jobs

import (
	"context"
	"errors"
	"log/slog"
	"strings"
)

// quiet keeps River's running commentary out of the log: its info is debug to us,
// because attempts are reported here. Jobs taken over from dead processes deserve
// a warning. What follows from a database that takes no writes is left to the
// report of that.
type quiet struct {
	next   slog.Handler
	outage *outage
}

func level(l slog.Level, message string) slog.Level {
	switch {
	case l != slog.LevelInfo:
		return l
	case strings.HasPrefix(message, "JobRescuer:"):
		return slog.LevelWarn
	default:
		return slog.LevelDebug
	}
}

// Enabled lets info through for the sake of warnings: the message is not known
// yet.
func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	if l == slog.LevelInfo {
		l = slog.LevelWarn
	}
	return q.next.Enabled(ctx, l)
}

// Handle passes the record on at its new level. Failures caused by stopping the
// queue are not news.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	r.Level = level(r.Level, r.Message)
	if errors.Is(ctx.Err(), context.Canceled) {
		r.Level = slog.LevelDebug
	} else if r.Level >= slog.LevelWarn {
		follows, waits := q.outage.takes(q.next, r)
		if waits {
			return nil
		}
		if follows {
			r.Level = slog.LevelDebug
		}
	}
	if !q.next.Enabled(ctx, r.Level) {
		return nil
	}
	return q.next.Handle(ctx, r)
}

// WithAttrs keeps the wrapping.
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quiet{q.next.WithAttrs(attrs), q.outage}
}

// WithGroup keeps the wrapping.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.next.WithGroup(name), q.outage} }
