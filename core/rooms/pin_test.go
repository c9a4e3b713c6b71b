package rooms

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
)

// pins is a store in which the first PINs are taken.
type pins struct {
	WriterStore
	taken int
	err   error
	seen  []*string
}

func (p *pins) CreateRoom(_ context.Context, r store.Room, _ uuid.UUID) (store.Room, error) {
	p.seen = append(p.seen, r.PINCode)
	switch {
	case p.err != nil:
		return store.Room{}, p.err
	case r.PINCode != nil && len(p.seen) <= p.taken:
		return store.Room{}, &store.Conflict{Field: "pin_code"}
	}
	return r, nil
}

func TestPIN_is_drawn_until_one_is_free(t *testing.T) {
	for name, x := range map[string]struct {
		telephony config.Telephony
		taken     int
		pin       bool
		tries     int
		warned    bool
	}{
		"telephony off":   {config.Telephony{PINLength: 10, PINRetries: 5}, 0, false, 1, false},
		"first is free":   {config.Telephony{Enabled: true, PINLength: 10, PINRetries: 5}, 0, true, 1, false},
		"fifth is free":   {config.Telephony{Enabled: true, PINLength: 4, PINRetries: 5}, 4, true, 5, false},
		"all were taken":  {config.Telephony{Enabled: true, PINLength: 4, PINRetries: 5}, 5, false, 6, true},
		"longest allowed": {config.Telephony{Enabled: true, PINLength: 16, PINRetries: 1}, 0, true, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			p := &pins{taken: x.taken}
			w := NewWriter(WriterOptions{Telephony: x.telephony, Store: p, Log: slog.New(slog.NewTextHandler(&log, nil))})
			room, err := w.insert(t.Context(), store.Room{Name: "a", Slug: "a"}, uuid.New(), uuid.Nil)
			require.NoError(t, err)
			require.Len(t, p.seen, x.tries)
			require.Equal(t, x.warned, log.Len() > 0, log.String())
			if !x.pin {
				require.Nil(t, room.PINCode)
				return
			}
			require.Len(t, *room.PINCode, x.telephony.PINLength)
			require.Regexp(t, `^[0-9]+$`, *room.PINCode)
		})
	}
}

func TestPIN_is_not_drawn_again_after_another_failure(t *testing.T) {
	for _, failure := range []error{&store.Conflict{Field: "slug"}, errors.New("no database")} {
		p := &pins{err: failure}
		w := NewWriter(WriterOptions{Telephony: config.Telephony{Enabled: true, PINLength: 4, PINRetries: 5}, Store: p})
		_, err := w.insert(t.Context(), store.Room{}, uuid.New(), uuid.Nil)
		require.ErrorIs(t, err, failure)
		require.Len(t, p.seen, 1)
	}
}

func TestPIN_keeps_leading_zeros(t *testing.T) {
	zero := false
	for range 400 {
		pin, err := drawPIN(4)
		require.NoError(t, err)
		require.Regexp(t, `^[0-9]{4}$`, pin)
		zero = zero || pin[0] == '0'
	}
	require.True(t, zero, "no PIN of 400 begins with 0")
}
