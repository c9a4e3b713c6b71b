package hostapi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"foyer/sdk/module"
)

func TestErrors_keep_their_identity(t *testing.T) {
	for _, known := range identities() {
		sent := ToStatus(fmt.Errorf("get key: %w", known.err))
		require.Equal(t, known.code, status.Code(sent))
		got := FromStatus(sent)
		require.ErrorIs(t, got, known.err)
		require.EqualError(t, got, "get key: "+known.err.Error())
		for _, other := range identities() {
			require.Equal(t, other.name == known.name, errors.Is(got, other.err), "%s is %s", known.name, other.name)
		}
	}
	other := FromStatus(ToStatus(errors.New("disk full")))
	require.EqualError(t, other, "disk full")
	for _, known := range identities() {
		require.NotErrorIs(t, other, known.err)
	}
	require.NoError(t, FromStatus(ToStatus(nil)))
	require.Equal(t, codes.Unknown, status.Code(ToStatus(errors.New("x"))))
}

func TestErrors_keep_all_that_they_are(t *testing.T) {
	sent := fmt.Errorf("%w: %w", module.ErrUnavailable, fmt.Errorf("row: %w", context.DeadlineExceeded))
	got := FromStatus(ToStatus(sent))
	require.ErrorIs(t, got, module.ErrUnavailable)
	require.ErrorIs(t, got, context.DeadlineExceeded)
	require.EqualError(t, got, sent.Error())

	// A failure in another system is not a failure here.
	theirs := FromStatus(ToStatus(fmt.Errorf("ask them: %w", status.Error(codes.Unimplemented, "no such call"))))
	require.NotErrorIs(t, theirs, module.ErrUnsupported)
}

// Over a connection: a status with broken text would lose its details there.
func TestErrors_about_a_field_say_which(t *testing.T) {
	long := strings.Repeat("é", 2000)
	for _, want := range []module.FieldError{
		{Field: "slug", Message: "Room with this Slug already exists.", Kind: module.ErrConflict},
		{Field: "name", Message: "is reserved", Kind: module.ErrInvalid},
		{Field: "name", Message: long, Kind: module.ErrInvalid},
		{Field: "", Message: "", Kind: module.ErrInvalid},
	} {
		h := over(t, Parts{Rooms: rooms{find: func(context.Context, string) error { return fmt.Errorf("create: %w", &want) }}}.Host(), services())
		_, err := h.Rooms().Find(t.Context(), "x")
		got, ok := errors.AsType[*module.FieldError](err)
		require.True(t, ok, "%v", err)
		require.Equal(t, want, *got)
		require.ErrorIs(t, err, want.Kind)
		require.EqualError(t, err, "create: "+want.Error())
	}
	h := over(t, Parts{Rooms: rooms{find: func(_ context.Context, name string) error {
		return fmt.Errorf("room %s: %w", name, &module.FieldError{Field: "name", Message: name, Kind: module.ErrInvalid})
	}}}.Host(), services())
	_, err := h.Rooms().Find(t.Context(), "a\xff")
	got, ok := errors.AsType[*module.FieldError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, "a\uFFFD", got.Message)
}
