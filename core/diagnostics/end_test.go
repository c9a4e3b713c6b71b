package diagnostics_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/diagnostics"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

const aTest = "connection-test-6f9b8c52-7a0e-4a52-8f52-0a5b6a5d3c11"

// live stands in for the media server and can fail.
type live struct {
	err   error
	ended []string
}

func (l *live) DeleteRoom(_ context.Context, room string) error {
	l.ended = append(l.ended, room)
	return l.err
}

func TestWork_ends_rooms_of_tests_only(t *testing.T) {
	l := &live{}
	s := diagnostics.New(diagnostics.Options{Prefix: "connection-test", Live: l})
	for _, args := range []string{
		`{"room":"6f9b8c52-7a0e-4a52-8f52-0a5b6a5d3c11"}`, `{"room":"connection-test"}`, `{"room":"connection-test-"}`, `{}`, `[]`,
		`{"room":"connection-test-of-mine"}`, `{"room":"my-` + aTest + `"}`, `{"room":"` + aTest + `x"}`,
	} {
		require.ErrorIs(t, s.Work(t.Context(), module.Job{Kind: "end_room", Args: []byte(args)}), module.ErrGiveUp, args)
	}
	require.ErrorIs(t, s.Work(t.Context(), module.Job{Kind: "other", Args: []byte(`{"room":"` + aTest + `"}`)}), module.ErrGiveUp)
	require.Empty(t, l.ended)
	require.NoError(t, s.Work(t.Context(), module.Job{Kind: "end_room", Args: []byte(`{"room":"` + aTest + `"}`)}))
	require.Equal(t, []string{aTest}, l.ended)
}

func TestWork_tolerates_a_room_that_is_gone_and_tries_again_otherwise(t *testing.T) {
	l := &live{}
	s := diagnostics.New(diagnostics.Options{Prefix: "connection-test", Live: l})
	j := module.Job{Kind: "end_room", Args: []byte(`{"room":"` + aTest + `"}`)}
	l.err = fmt.Errorf("delete: %w", livekit.ErrNotFound)
	require.NoError(t, s.Work(t.Context(), j))
	l.err = fmt.Errorf("delete: %w", livekit.ErrUnavailable)
	err := s.Work(t.Context(), j)
	require.ErrorIs(t, err, livekit.ErrUnavailable)
	require.NotErrorIs(t, err, module.ErrGiveUp)
}

func TestNew_has_the_defaults_of_the_contract(t *testing.T) {
	d := config.Default().Diagnostics
	require.Equal(t, 310*time.Second, d.TokenTTL+d.RoomExtraAge)
}
