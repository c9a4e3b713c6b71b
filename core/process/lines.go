package process

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
)

// lineLimit is the longest line of a child's output, in bytes; longer ones are
// split.
const lineLimit = 64 << 10

// lines logs a child's output line by line: the JSON of slog and hclog as records
// of their own level, anything else as a warning.
type lines struct {
	log *slog.Logger
	mu  sync.Mutex
	buf []byte
}

// Write never fails, so that a child never blocks on its log.
func (w *lines) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.buf = append(w.buf, p...)
	for {
		i := bytes.IndexByte(w.buf, '\n')
		switch {
		case i >= 0:
			w.line(w.buf[:i])
			w.buf = w.buf[i+1:]
		case len(w.buf) >= lineLimit:
			w.line(w.buf[:lineLimit])
			w.buf = w.buf[lineLimit:]
		default:
			w.buf = slices.Clone(w.buf) // releases what was logged
			return len(p), nil
		}
	}
}

// flush logs a last line that does not end in a newline.
func (w *lines) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.line(w.buf)
	w.buf = nil
}

func (w *lines) line(b []byte) {
	b = bytes.TrimRight(b, "\r")
	if len(bytes.TrimSpace(b)) == 0 {
		return
	}
	ctx := context.Background()
	var fields map[string]any
	if b[0] != '{' || json.Unmarshal(b, &fields) != nil {
		w.log.WarnContext(ctx, "module output", "text", string(b))
		return
	}
	text, level := take(fields, "msg", "@message"), take(fields, "level", "@level")
	take(fields, "time", "@timestamp")
	attrs := make([]slog.Attr, 0, len(fields))
	for _, k := range slices.Sorted(maps.Keys(fields)) {
		attrs = append(attrs, slog.Any(strings.TrimPrefix(k, "@"), fields[k]))
	}
	w.log.LogAttrs(ctx, levelOf(level), text, attrs...)
}

// take removes the keys and returns the text of the first one present.
func take(fields map[string]any, keys ...string) (text string) {
	for _, k := range keys {
		if s, ok := fields[k].(string); ok && text == "" {
			text = s
		}
		delete(fields, k)
	}
	return text
}

func levelOf(name string) slog.Level {
	var l slog.Level
	if strings.EqualFold(name, "trace") || l.UnmarshalText([]byte(name)) != nil {
		return slog.LevelDebug
	}
	return l
}

// leastLevel names the lowest level that l logs.
func leastLevel(ctx context.Context, l *slog.Logger) string {
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn} {
		if l.Enabled(ctx, level) {
			return level.String()
		}
	}
	return slog.LevelError.String()
}
