package flags

import (
	"context"
	"maps"
	"sync/atomic"

	"github.com/open-feature/go-sdk/openfeature"
)

const staticName = "static"

// Static is an OpenFeature provider whose values are set by the program and are the same
// for every user. It is safe for concurrent use.
type Static struct {
	values atomic.Pointer[map[Key]bool]
	events chan openfeature.Event
}

var (
	_ openfeature.FeatureProvider = (*Static)(nil)
	_ openfeature.EventHandler    = (*Static)(nil)
)

// NewStatic returns a provider with a copy of values.
func NewStatic(values map[Key]bool) *Static {
	s := &Static{events: make(chan openfeature.Event, 1)}
	s.values.Store(clone(values))
	return s
}

// Update replaces all values at once and emits a configuration change.
func (s *Static) Update(values map[Key]bool) {
	s.values.Store(clone(values))
	select {
	case s.events <- openfeature.Event{ProviderName: staticName, EventType: openfeature.ProviderConfigChange}:
	default: // the change not yet read will show these values too
	}
}

func clone(values map[Key]bool) *map[Key]bool {
	c := maps.Clone(values)
	return &c
}

// EventChannel delivers the configuration changes.
func (s *Static) EventChannel() <-chan openfeature.Event { return s.events }

// Metadata names the provider.
func (s *Static) Metadata() openfeature.Metadata { return openfeature.Metadata{Name: staticName} }

func (s *Static) Hooks() []openfeature.Hook { return nil }

// BooleanEvaluation returns the value, or FLAG_NOT_FOUND and the default.
func (s *Static) BooleanEvaluation(_ context.Context, flag string, def bool, _ openfeature.FlattenedContext) openfeature.BoolResolutionDetail {
	v, ok := (*s.values.Load())[Key(flag)]
	if !ok {
		return openfeature.BoolResolutionDetail{Value: def, ProviderResolutionDetail: notFound(flag)}
	}
	return openfeature.BoolResolutionDetail{Value: v, ProviderResolutionDetail: openfeature.ProviderResolutionDetail{Reason: openfeature.StaticReason}}
}

// StringEvaluation returns the default: flags here are true or false.
func (s *Static) StringEvaluation(_ context.Context, flag, def string, _ openfeature.FlattenedContext) openfeature.StringResolutionDetail {
	return openfeature.StringResolutionDetail{Value: def, ProviderResolutionDetail: s.noBoolean(flag)}
}

// FloatEvaluation returns the default: flags here are true or false.
func (s *Static) FloatEvaluation(_ context.Context, flag string, def float64, _ openfeature.FlattenedContext) openfeature.FloatResolutionDetail {
	return openfeature.FloatResolutionDetail{Value: def, ProviderResolutionDetail: s.noBoolean(flag)}
}

// IntEvaluation returns the default: flags here are true or false.
func (s *Static) IntEvaluation(_ context.Context, flag string, def int64, _ openfeature.FlattenedContext) openfeature.IntResolutionDetail {
	return openfeature.IntResolutionDetail{Value: def, ProviderResolutionDetail: s.noBoolean(flag)}
}

// ObjectEvaluation returns the default: flags here are true or false.
func (s *Static) ObjectEvaluation(_ context.Context, flag string, def any, _ openfeature.FlattenedContext) openfeature.InterfaceResolutionDetail {
	return openfeature.InterfaceResolutionDetail{Value: def, ProviderResolutionDetail: s.noBoolean(flag)}
}

// noBoolean is the failure for a flag requested as another type.
func (s *Static) noBoolean(flag string) openfeature.ProviderResolutionDetail {
	if _, ok := (*s.values.Load())[Key(flag)]; !ok {
		return notFound(flag)
	}
	return openfeature.ProviderResolutionDetail{
		ResolutionError: openfeature.NewTypeMismatchResolutionError("flag " + flag + " is true or false"),
		Reason:          openfeature.ErrorReason,
	}
}

func notFound(flag string) openfeature.ProviderResolutionDetail {
	return openfeature.ProviderResolutionDetail{
		ResolutionError: openfeature.NewFlagNotFoundResolutionError("no flag " + flag),
		Reason:          openfeature.DefaultReason,
	}
}
