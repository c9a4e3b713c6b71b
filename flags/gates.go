package flags

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/open-feature/go-sdk/openfeature"
	"github.com/open-feature/go-sdk/openfeature/isolated"
)

const (
	// readyWithin is how long a start waits for the provider.
	readyWithin = 5 * time.Second
	// evaluateWithin bounds one evaluation of all flags, or of one flag for one user.
	evaluateWithin = 5 * time.Second
)

// Gates hold the state of every known flag.
type Gates struct {
	state atomic.Pointer[map[Key]bool] // replaced, never modified

	api    *openfeature.EvaluationAPI
	client *openfeature.Client
	log    *slog.Logger
	poke   chan struct{}
	cancel context.CancelFunc
	done   sync.WaitGroup

	refresh sync.Mutex // one evaluation, with its callbacks, at a time

	mu        sync.RWMutex // guards the two below
	defaults  map[Key]bool
	listeners []func(Key, bool)
}

// NewGates evaluates the flags in defaults with provider and returns their gates. If the
// provider does not become ready, that is logged and the defaults hold until it does.
// Close must be called.
func NewGates(ctx context.Context, provider openfeature.FeatureProvider, defaults map[Key]bool, log *slog.Logger) (*Gates, error) {
	g := &Gates{
		api:      isolated.NewAPI(),
		log:      log,
		poke:     make(chan struct{}, 1),
		defaults: maps.Clone(defaults),
	}
	g.state.Store(&map[Key]bool{})
	wait, stop := context.WithTimeout(ctx, readyWithin)
	defer stop()
	if err := g.api.SetProviderAndWait(wait, provider); err != nil {
		if ctx.Err() != nil {
			return nil, errors.Join(fmt.Errorf("start the flag provider: %w", err), g.api.Shutdown(context.WithoutCancel(ctx)))
		}
		log.Warn("flag provider is not ready: defaults hold", "provider", provider.Metadata().Name, "error", err)
	}
	g.client = g.api.NewClient()
	// The SDK runs each handler in its own goroutine, in no particular order: they only
	// wake the goroutine that evaluates.
	wake := func(openfeature.EventDetails) {
		select {
		case g.poke <- struct{}{}:
		default:
		}
	}
	for _, e := range []openfeature.EventType{openfeature.ProviderConfigChange, openfeature.ProviderReady} {
		g.api.AddHandler(e, &wake)
	}
	g.Refresh(ctx)
	background, cancel := context.WithCancel(context.WithoutCancel(ctx))
	g.cancel = cancel
	g.done.Go(func() { g.follow(background) })
	return g, nil
}

func (g *Gates) follow(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-g.poke:
			g.Refresh(ctx)
		}
	}
}

// On returns the last known state of key. Unknown keys are off. It neither locks nor
// allocates nor waits.
func (g *Gates) On(key Key) bool { return (*g.state.Load())[key] }

// Enabled evaluates key for one user, whose id is the targeting key. If that fails it
// returns the flag's default; flags without one are off. Unlike On, it may ask a remote
// provider.
func (g *Gates) Enabled(ctx context.Context, key Key, userID string) bool {
	ctx, stop := context.WithTimeout(ctx, evaluateWithin)
	defer stop()
	g.mu.RLock()
	def := g.defaults[key]
	g.mu.RUnlock()
	return g.evaluate(ctx, key, def, openfeature.NewEvaluationContext(userID, nil))
}

// Refresh evaluates every flag now and returns once the callbacks have run. It changes
// nothing if ctx ends first.
func (g *Gates) Refresh(ctx context.Context) {
	g.refresh.Lock()
	defer g.refresh.Unlock()
	limited, stop := context.WithTimeout(ctx, evaluateWithin)
	defer stop()

	g.mu.RLock()
	defaults, listeners := g.defaults, slices.Clone(g.listeners)
	g.mu.RUnlock()
	next := make(map[Key]bool, len(defaults))
	for key, def := range defaults {
		next[key] = g.evaluate(limited, key, def, openfeature.EvaluationContext{})
	}
	if ctx.Err() != nil {
		return
	}
	last := *g.state.Swap(&next)
	for _, key := range changed(last, next) {
		g.log.Info("flag changed", "flag", key, "on", next[key])
		for _, f := range listeners {
			f(key, next[key])
		}
	}
}

// changed lists the keys whose gates differ, sorted; a missing key counts as off.
func changed(last, next map[Key]bool) []Key {
	var keys []Key
	for k, v := range next {
		if v != last[k] {
			keys = append(keys, k)
		}
	}
	for k, v := range last {
		if _, kept := next[k]; !kept && v {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// SetDefaults replaces the known flags and their defaults, effective with the next
// Refresh. Flags that are no longer known are then off.
func (g *Gates) SetDefaults(defaults map[Key]bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.defaults = maps.Clone(defaults)
}

// OnChange calls f after a flag has changed, when On already returns the new state.
// Callbacks run one after another, in the order they were added; they must not call
// Refresh.
func (g *Gates) OnChange(f func(key Key, on bool)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.listeners = append(g.listeners, f)
}

// Close stops following the provider and shuts it down. The gates keep their
// last state.
func (g *Gates) Close(ctx context.Context) error {
	g.cancel()
	g.done.Wait()
	if err := g.api.Shutdown(ctx); err != nil {
		return fmt.Errorf("shut the flag provider down: %w", err)
	}
	return nil
}

func (g *Gates) evaluate(ctx context.Context, key Key, def bool, about openfeature.EvaluationContext) bool {
	d, err := g.client.BooleanValueDetails(ctx, string(key), def, about)
	if err == nil {
		return d.Value
	}
	level := slog.LevelWarn
	if d.ErrorCode == openfeature.FlagNotFoundCode {
		level = slog.LevelDebug
	}
	g.log.Log(ctx, level, "flag cannot be evaluated: its default holds", "flag", key, "default", def, "error", err)
	return def
}
