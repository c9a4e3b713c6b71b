package hostapi

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/cbor"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// filler makes values out of bytes, and zero values when there are none left.
type filler struct{ b []byte }

func (f *filler) byte() (b byte) {
	if len(f.b) > 0 {
		b, f.b = f.b[0], f.b[1:]
	}
	return b
}

func (f *filler) some() int  { return int(f.byte() % 4) }
func (f *filler) bool() bool { return f.byte()&1 == 1 }

// number is at the edges of what fits that many bits, rather than in between.
func (f *filler) number(bits int) int64 {
	n := int64(f.byte()) << (f.byte() % 64)
	return n << (64 - bits) >> (64 - bits)
}

func (f *filler) float() float64 { return float64(f.number(64)) / 3 } //nolint:unused // no type of the contract has one yet: hostgen asks for it

func (f *filler) bytes() []byte {
	if !f.bool() {
		return nil
	}
	n := min(int(f.byte()), len(f.b))
	var b []byte
	b, f.b = append([]byte{}, f.b[:n]...), f.b[n:]
	return b
}

func (f *filler) text() string { return string(f.bytes()) }

func (f *filler) uuid() (id uuid.UUID) {
	copy(id[:], f.bytes())
	return id
}

func (f *filler) time() time.Time {
	if !f.bool() {
		return time.Time{}
	}
	return time.Unix(f.number(36), int64(f.byte())).UTC()
}

func (f *filler) duration() time.Duration { return time.Duration(f.number(64)) }
func (f *filler) secret() conf.Secret     { return conf.NewSecret(f.text()) }

func (f *filler) json() any {
	if !f.bool() {
		return nil
	}
	return json.RawMessage(fmt.Sprintf(`{"n":%d}`, f.number(64)))
}

func FuzzStructs_come_back_as_they_were(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte(strings.Repeat("\x01\x03ab\xff", 200)))
	f.Add([]byte(strings.Repeat("\x01", 500)))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, check := range roundTrips() {
			check(t, &filler{b})
		}
	})
}

// A newer side sends more, an older one less.
func TestStructs_of_another_age_are_read(t *testing.T) {
	var w cbor.Writer
	w.Open()
	w.Key("Since")
	w.Time(time.Now())
	w.Key("Name")
	w.Text("Weekly call")
	w.Key("Tags")
	w.Array(1)
	w.Text("x")
	w.Close()
	b, err := w.Message()
	require.NoError(t, err)
	r, got := cbor.NewReader(b), module.Room{}
	readRoom(r, &got)
	require.NoError(t, r.End())
	require.Equal(t, module.Room{Name: "Weekly call"}, got)
}

// Code that logs what crosses, such as an interceptor, does not log the content.
func TestFrames_do_not_show_what_they_hold(t *testing.T) {
	w := &cbor.Writer{}
	writeApplicationSecret(w, &module.ApplicationSecret{Hash: conf.NewSecret("top secret")})
	b, err := w.Message()
	require.NoError(t, err)
	require.Contains(t, string(b), "top secret", "it crosses")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		text := fmt.Sprintf(verb, &frame{b})
		require.Equal(t, fmt.Sprintf("frame of %d bytes", len(b)), text)
	}
	text, err := json.Marshal(&frame{b}) //nolint:staticcheck // that nothing of it is shown is what is tested
	require.NoError(t, err)
	require.Equal(t, "{}", string(text))
}

func TestCalls_without_a_deadline_get_one(t *testing.T) {
	h := over(t, Parts{Rooms: rooms{find: func(ctx context.Context, _ string) error {
		at, ok := ctx.Deadline()
		if !ok || time.Until(at) > callTimeout {
			return module.ErrInvalid
		}
		return module.ErrNotFound
	}}}.Host(), services())
	_, err := h.Rooms().Find(context.Background(), "x")
	require.ErrorIs(t, err, module.ErrNotFound)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = h.Rooms().Find(ctx, "x")
	require.ErrorIs(t, err, context.Canceled)
}
