package config

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"foyer/sdk/conf"
)

// settle is how long the file must be left alone before it is read: editors and
// Kubernetes change it in several steps. A file that does not end with a newline
// may be only half written, and is left alone for longer.
const (
	settle     = 200 * time.Millisecond
	settleHalf = 3 * time.Second
)

// Watch reloads the configuration on SIGHUP and, while the file itself says
// flags.watch, when its content changes; then it calls apply. A faulty
// configuration is logged and not applied. Watch returns once it is watching;
// wait blocks until it has stopped, after ctx ended.
func Watch(ctx context.Context, src Source, log *slog.Logger, apply func(*Config)) (wait func(), err error) {
	w := &watcher{src: src, log: log, apply: apply, done: make(chan struct{})}
	if src.File != "" {
		if w.src.File, err = filepath.Abs(src.File); err != nil {
			return nil, fmt.Errorf("watch the configuration: %w", err)
		}
		if w.files, err = fsnotify.NewWatcher(); err != nil {
			return nil, fmt.Errorf("watch the configuration: %w", err)
		}
		if err := w.files.Add(filepath.Dir(w.src.File)); err != nil {
			return nil, fmt.Errorf("watch the configuration: %w", errors.Join(err, w.files.Close()))
		}
		w.followLink()
		w.seen, _ = w.content()
		w.runs = w.parsed()
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	go func() {
		defer close(w.done)
		defer signal.Stop(hup)
		w.run(ctx, hup)
	}()
	return func() { <-w.done }, nil
}

type watcher struct {
	src   Source
	log   *slog.Logger
	apply func(*Config)
	files *fsnotify.Watcher
	seen  [sha256.Size]byte // content at the last look
	runs  *conf.Node        // of the file whose configuration is running
	done  chan struct{}
}

func (w *watcher) run(ctx context.Context, hup <-chan os.Signal) {
	var events <-chan fsnotify.Event // nil channels never answer
	var errs <-chan error
	if w.files != nil {
		defer w.files.Close()
		events, errs = w.files.Events, w.files.Errors
	}
	var half [sha256.Size]byte // content that may be half a file
	quiet := time.NewTimer(time.Hour)
	quiet.Stop()
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-hup:
			w.followLink()
			w.seen, _ = w.content()
			w.reload(true)
		case <-events:
			// Anything that moved in the folder may be what the name leads to.
			quiet.Reset(settle)
		case err := <-errs:
			w.log.Warn("watching the configuration", "error", err)
			quiet.Reset(settle) // events may have been lost
		case <-quiet.C:
			w.followLink()
			now, whole := w.content()
			switch {
			case now == w.seen:
			case !whole && now != half:
				half = now
				quiet.Reset(settleHalf)
			default:
				w.seen = now
				w.reload(false)
			}
		}
	}
}

// reload loads and applies; asked distinguishes a signal from a change of the
// file.
func (w *watcher) reload(asked bool) {
	c, root, warnings, err := w.load()
	if err != nil {
		w.log.Error("the new configuration has faults: the old one stays", "file", w.src.File, "faults", err.Error())
		return
	}
	for _, x := range warnings {
		w.log.Warn("configuration", "warning", x.String())
	}
	if !asked && !c.Flags.Watch {
		return
	}
	w.runs = root
	w.log.Info("configuration reloaded", "file", w.src.File)
	w.apply(c)
}

// content fingerprints the file; the zero value if it cannot be read. whole
// reports whether it ends with a newline.
func (w *watcher) content() (sum [sha256.Size]byte, whole bool) {
	if w.files == nil {
		return sum, true
	}
	text, err := readFile(w.src.File)
	if err != nil {
		return sum, true
	}
	return sha256.Sum256(text), bytes.HasSuffix(text, []byte("\n"))
}

// followLink also watches the folder that a link leads to; adding a folder twice
// changes nothing.
func (w *watcher) followLink() {
	if w.files == nil {
		return
	}
	target, err := filepath.EvalSymlinks(w.src.File)
	if err != nil {
		return // currently missing; its own folder is watched
	}
	if err := w.files.Add(filepath.Dir(target)); err != nil {
		w.log.Warn("watching the configuration", "error", err)
	}
}
