package flags_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/open-feature/go-sdk/openfeature"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/flags"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// gates starts gates that are closed with the test.
func gates(t testing.TB, p openfeature.FeatureProvider, defaults map[flags.Key]bool) *flags.Gates {
	t.Helper()
	g, err := flags.NewGates(context.Background(), p, defaults, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, g.Close(context.Background())) })
	return g
}

func soon(t *testing.T, what func() bool) {
	t.Helper()
	require.Eventually(t, what, 60*time.Second, time.Millisecond)
}

func TestGates_show_the_providers_values_from_the_start(t *testing.T) {
	g := gates(t, flags.NewStatic(map[flags.Key]bool{"a": true, "b": false, "stranger": true}),
		map[flags.Key]bool{"a": false, "b": true, "unset": true})
	require.True(t, g.On("a"))
	require.False(t, g.On("b"))
	require.True(t, g.On("unset"), "a flag the provider does not know has its default")
	require.False(t, g.On("stranger"), "a flag nobody declared is off")
}

func TestGates_follow_an_update(t *testing.T) {
	p := flags.NewStatic(map[flags.Key]bool{"a": false})
	g := gates(t, p, map[flags.Key]bool{"a": false})
	for _, on := range []bool{true, false, true} {
		p.Update(map[flags.Key]bool{"a": on})
		soon(t, func() bool { return g.On("a") == on })
	}
	for i := range 1000 { // after a burst the last value holds
		p.Update(map[flags.Key]bool{"a": i%2 == 0})
	}
	soon(t, func() bool { return !g.On("a") })
}

func TestGates_tell_changes_in_order_after_the_gate_moved(t *testing.T) {
	p := flags.NewStatic(map[flags.Key]bool{"a": false, "b": false, "c": true})
	g := gates(t, p, map[flags.Key]bool{"a": false, "b": false, "c": false})
	var mu sync.Mutex
	var told []string
	tell := func(who string) func(flags.Key, bool) {
		return func(key flags.Key, on bool) {
			mu.Lock()
			defer mu.Unlock()
			require.Equal(t, on, g.On(key))
			told = append(told, who+string(key))
		}
	}
	g.OnChange(tell("1"))
	g.OnChange(tell("2"))
	p.Update(map[flags.Key]bool{"a": true, "b": true, "c": true})
	g.Refresh(context.Background())
	mu.Lock()
	defer mu.Unlock()
	require.Equal(t, []string{"1a", "2a", "1b", "2b"}, told)
}

func TestGates_take_new_flags_and_defaults_at_the_next_refresh(t *testing.T) {
	p := flags.NewStatic(map[flags.Key]bool{"old": true, "new": true})
	g := gates(t, p, map[flags.Key]bool{"old": true})
	var told []flags.Key
	g.OnChange(func(key flags.Key, _ bool) { told = append(told, key) })
	g.SetDefaults(map[flags.Key]bool{"new": false, "later": true})
	require.False(t, g.On("new"))
	g.Refresh(context.Background())
	require.Equal(t, []bool{false, true, true}, []bool{g.On("old"), g.On("new"), g.On("later")})
	require.Equal(t, []flags.Key{"later", "new", "old"}, told)
}

func TestGates_keep_their_state_when_a_refresh_is_cut_off(t *testing.T) {
	p := flags.NewStatic(map[flags.Key]bool{"a": true})
	g := gates(t, p, map[flags.Key]bool{"a": false})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	g.Refresh(ctx)
	require.True(t, g.On("a"))
}

func TestGates_can_be_started_again_with_the_same_provider(t *testing.T) {
	p := flags.NewStatic(map[flags.Key]bool{"a": true})
	for range 2 {
		g, err := flags.NewGates(context.Background(), p, map[flags.Key]bool{"a": false}, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		require.True(t, g.On("a"))
		require.NoError(t, g.Close(context.Background()))
		require.True(t, g.On("a"))
	}
}

// remote stands in for a provider across the network: it can fail or start late, and it
// counts how often it is asked. A real one would need a service.
type remote struct {
	*flags.Static
	start  chan error // what Init waits for
	fail   atomic.Bool
	asked  atomic.Int64
	user   atomic.Value
	events chan openfeature.Event
}

func newRemote() *remote {
	r := &remote{Static: flags.NewStatic(map[flags.Key]bool{"a": true}), start: make(chan error, 1), events: make(chan openfeature.Event, 1)}
	r.user.Store("")
	return r
}

func (r *remote) Init(openfeature.EvaluationContext) error { return <-r.start }
func (r *remote) Shutdown()                                {}
func (r *remote) EventChannel() <-chan openfeature.Event   { return r.events }

func (r *remote) BooleanEvaluation(ctx context.Context, flag string, def bool, about openfeature.FlattenedContext) openfeature.BoolResolutionDetail {
	r.asked.Add(1)
	id, _ := about[openfeature.TargetingKey].(string)
	r.user.Store(id)
	if r.fail.Load() {
		return openfeature.BoolResolutionDetail{Value: !def, ProviderResolutionDetail: openfeature.ProviderResolutionDetail{
			ResolutionError: openfeature.NewGeneralResolutionError("down"), Reason: openfeature.ErrorReason}}
	}
	return r.Static.BooleanEvaluation(ctx, flag, def, about)
}

func TestGates_fall_back_to_defaults_when_evaluation_fails(t *testing.T) {
	r := newRemote()
	r.start <- nil
	g := gates(t, r, map[flags.Key]bool{"a": false, "b": true})
	require.True(t, g.On("a"))
	r.fail.Store(true)
	g.Refresh(context.Background())
	require.False(t, g.On("a"))
	require.True(t, g.On("b"))
	require.False(t, g.Enabled(context.Background(), "a", "u"))
	require.True(t, g.Enabled(context.Background(), "b", "u"))
}

func TestGates_hold_defaults_until_a_provider_that_could_not_start_is_ready(t *testing.T) {
	r := newRemote()
	r.start <- &openfeature.ProviderInitError{ErrorCode: openfeature.ProviderFatalCode, Message: "no such project"}
	g := gates(t, r, map[flags.Key]bool{"a": false})
	require.False(t, g.On("a"))
	r.events <- openfeature.Event{EventType: openfeature.ProviderReady}
	soon(t, func() bool { return g.On("a") })
}

func TestNewGates_gives_up_when_the_start_is_called_off(t *testing.T) {
	r := newRemote()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := flags.NewGates(ctx, r, nil, slog.New(slog.DiscardHandler))
	require.ErrorIs(t, err, context.Canceled)
	r.start <- nil
}

func TestOn_never_asks_the_provider(t *testing.T) {
	r := newRemote()
	r.start <- nil
	g := gates(t, r, map[flags.Key]bool{"a": false})
	soon(t, func() bool { return r.asked.Load() > 0 })
	g.Refresh(context.Background()) // after any refresh that the start has requested
	before := r.asked.Load()
	for range 1000 {
		g.On("a")
	}
	require.LessOrEqual(t, r.asked.Load()-before, int64(1))
}

func TestEnabled_passes_the_user_as_targeting_key(t *testing.T) {
	r := newRemote()
	r.start <- nil
	g := gates(t, r, map[flags.Key]bool{"a": false})
	soon(t, func() bool {
		on := g.Enabled(context.Background(), "a", "user-1")
		return on && r.user.Load() == "user-1"
	})
}

func TestStatic_answers_as_OpenFeature_asks(t *testing.T) {
	s, ctx := flags.NewStatic(map[flags.Key]bool{"a": true}), context.Background()
	require.Equal(t, openfeature.StaticReason, s.BooleanEvaluation(ctx, "a", false, nil).Reason)
	require.ErrorContains(t, s.BooleanEvaluation(ctx, "b", true, nil).Error(), "FLAG_NOT_FOUND")
	require.True(t, s.BooleanEvaluation(ctx, "b", true, nil).Value)
	require.ErrorContains(t, s.StringEvaluation(ctx, "a", "x", nil).Error(), "TYPE_MISMATCH")
	require.ErrorContains(t, s.IntEvaluation(ctx, "a", 1, nil).Error(), "TYPE_MISMATCH")
	require.ErrorContains(t, s.FloatEvaluation(ctx, "a", 1, nil).Error(), "TYPE_MISMATCH")
	require.ErrorContains(t, s.ObjectEvaluation(ctx, "a", 1, nil).Error(), "TYPE_MISMATCH")
	require.ErrorContains(t, s.StringEvaluation(ctx, "b", "x", nil).Error(), "FLAG_NOT_FOUND")
}

func TestStatic_keeps_its_own_copy(t *testing.T) {
	values := map[flags.Key]bool{"a": true}
	s := flags.NewStatic(values)
	values["a"] = false
	require.True(t, s.BooleanEvaluation(context.Background(), "a", false, nil).Value)
}

func TestGate_answers_not_found_while_the_flag_is_off(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	p := flags.NewStatic(map[flags.Key]bool{"a": false})
	g := gates(t, p, map[flags.Key]bool{"a": false})
	router, reached := gin.New(), 0
	router.GET("/x/", flags.Gate(g, "a", func(c *gin.Context) { c.String(http.StatusNotFound, "none") }), func(c *gin.Context) { reached++ })
	ask := func() int {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/x/", nil))
		return w.Code
	}
	require.Equal(t, http.StatusNotFound, ask())
	require.Zero(t, reached)
	p.Update(map[flags.Key]bool{"a": true})
	g.Refresh(context.Background())
	require.Equal(t, http.StatusOK, ask())
	require.Equal(t, 1, reached)
}

func TestOn_does_not_allocate(t *testing.T) {
	g := gates(t, flags.NewStatic(nil), map[flags.Key]bool{"a": true})
	require.Zero(t, testing.AllocsPerRun(1000, func() { g.On("a"); g.On("unknown") }))
}

func BenchmarkOn(b *testing.B) {
	g := gates(b, flags.NewStatic(nil), map[flags.Key]bool{"subtitles": true, "recording": false, "external_api": true})
	b.ReportAllocs()
	for b.Loop() {
		if !g.On("subtitles") {
			b.Fatal("off")
		}
	}
}
