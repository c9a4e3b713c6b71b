package cbor_test

import (
	"encoding/hex"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/cbor"
	"foyer/sdk/conf"
)

func written(t *testing.T, write func(w *cbor.Writer)) []byte {
	t.Helper()
	var w cbor.Writer
	write(&w)
	b, err := w.Message()
	require.NoError(t, err)
	return b
}

// The examples of RFC 8949, appendix A, in the forms that are written here.
func TestWriter_writes_what_the_RFC_says(t *testing.T) {
	for want, write := range map[string]func(w *cbor.Writer){
		"00":                 func(w *cbor.Writer) { w.Int(0) },
		"17":                 func(w *cbor.Writer) { w.Int(23) },
		"1818":               func(w *cbor.Writer) { w.Int(24) },
		"1864":               func(w *cbor.Writer) { w.Int(100) },
		"1903e8":             func(w *cbor.Writer) { w.Int(1000) },
		"1a000f4240":         func(w *cbor.Writer) { w.Int(1000000) },
		"1b000000e8d4a51000": func(w *cbor.Writer) { w.Int(1000000000000) },
		"1bffffffffffffffff": func(w *cbor.Writer) { w.Uint(math.MaxUint64) },
		"20":                 func(w *cbor.Writer) { w.Int(-1) },
		"3863":               func(w *cbor.Writer) { w.Int(-100) },
		"3903e7":             func(w *cbor.Writer) { w.Int(-1000) },
		"fb3ff199999999999a": func(w *cbor.Writer) { w.Float(1.1) },
		"f4":                 func(w *cbor.Writer) { w.Bool(false) },
		"f5":                 func(w *cbor.Writer) { w.Bool(true) },
		"f6":                 func(w *cbor.Writer) { w.Null() },
		"40":                 func(w *cbor.Writer) { w.Bytes([]byte{}) },
		"4401020304":         func(w *cbor.Writer) { w.Bytes([]byte{1, 2, 3, 4}) },
		"60":                 func(w *cbor.Writer) { w.Text("") },
		"6449455446":         func(w *cbor.Writer) { w.Text("IETF") },
		"62c3bc":             func(w *cbor.Writer) { w.Text("ü") },
		"83010203":           func(w *cbor.Writer) { w.Array(3); w.Int(1); w.Int(2); w.Int(3) },
		"a26161016162820203": func(w *cbor.Writer) {
			w.Map(2)
			w.Text("a")
			w.Int(1)
			w.Text("b")
			w.Array(2)
			w.Int(2)
			w.Int(3)
		},
		"bf6346756ef563416d7421ff": func(w *cbor.Writer) {
			w.Open()
			w.Key("Fun")
			w.Bool(true)
			w.Key("Amt")
			w.Int(-2)
			w.Close()
		},
		"41ff": func(w *cbor.Writer) { w.Text("\xff") }, // not UTF-8, and so not text
	} {
		require.Equal(t, want, hex.EncodeToString(written(t, write)))
	}
}

func TestValues_come_back_as_they_were(t *testing.T) {
	back := func(write func(w *cbor.Writer)) *cbor.Reader {
		return cbor.NewReader(written(t, write))
	}
	for _, v := range []int64{0, 1, -1, 23, 24, -24, -25, math.MaxInt8, math.MinInt8, math.MaxUint16, math.MaxInt32, math.MinInt32, math.MaxInt64, math.MinInt64} {
		r := back(func(w *cbor.Writer) { w.Int(v) })
		require.Equal(t, v, r.Int(64))
		require.NoError(t, r.End())
	}
	for _, v := range []float64{0, -1.5, math.Inf(1), math.SmallestNonzeroFloat64} {
		require.Equal(t, v, back(func(w *cbor.Writer) { w.Float(v) }).Float())
	}
	for _, v := range []string{"", "a", "ü", "\x00", "\xff\xfe", strings.Repeat("x", 70_000)} {
		require.Equal(t, v, back(func(w *cbor.Writer) { w.Text(v) }).Text())
		require.Equal(t, v, back(func(w *cbor.Writer) { w.Secret(conf.NewSecret(v)) }).Secret().Reveal())
	}
	for _, v := range [][]byte{nil, {}, {0}, {0xff, 0xf6}} {
		require.Equal(t, v, back(func(w *cbor.Writer) { w.Bytes(v) }).Bytes())
	}
	for _, v := range []time.Time{{}, time.Unix(0, 0).UTC(), time.Unix(-1, 999_999_999).UTC(), time.Date(9999, 12, 31, 23, 59, 59, 1, time.UTC)} {
		require.Equal(t, v, back(func(w *cbor.Writer) { w.Time(v) }).Time())
	}
	zoned := time.Date(2026, 3, 29, 2, 30, 0, 123456789, time.FixedZone("somewhere", 7200))
	require.Equal(t, zoned.UTC(), back(func(w *cbor.Writer) { w.Time(zoned) }).Time())
	id := uuid.New()
	require.Equal(t, id, back(func(w *cbor.Writer) { w.UUID(id) }).UUID())
	require.Equal(t, -time.Hour, back(func(w *cbor.Writer) { w.Duration(-time.Hour) }).Duration())
	require.Equal(t, json.RawMessage(`{"a":[1]}`), back(func(w *cbor.Writer) { w.JSON(map[string][]int{"a": {1}}) }).JSON())
}

func TestWriter_tells_what_is_not_JSON(t *testing.T) {
	var w cbor.Writer
	w.JSON(make(chan int))
	w.JSON(func() {})
	_, err := w.Message()
	require.ErrorContains(t, err, "chan int", "the first one")
}

// everything is a map with a value of each kind.
func everything(w *cbor.Writer) {
	w.Open()
	for key, write := range map[string]func(){
		"int": func() { w.Int(-70_000) }, "uint": func() { w.Uint(math.MaxUint64) }, "float": func() { w.Float(1.5) },
		"yes": func() { w.Bool(true) }, "no": func() { w.Bool(false) }, "null": w.Null, "text": func() { w.Text("a\xff") },
		"bytes": func() { w.Bytes(make([]byte, 300)) }, "time": func() { w.Time(time.Now()) },
		"list": func() { w.Array(2); w.Array(0); w.Null() },
		"map": func() {
			w.Map(1)
			w.Text("k")
			w.Open()
			w.Key("x")
			w.Int(1)
			w.Close()
		},
	} {
		w.Key(key)
		write()
	}
	w.Close()
}

func TestReader_skips_names_it_does_not_know(t *testing.T) {
	b := written(t, func(w *cbor.Writer) {
		w.Open()
		w.Key("new")
		everything(w)
		w.Key("known")
		w.Int(7)
		w.Key("newer")
		everything(w)
		w.Close()
	})
	r, got := cbor.NewReader(b), int64(0)
	for left := r.Open(); r.More(&left); {
		switch string(r.Key()) {
		case "known":
			got = r.Int(64)
		default:
			r.Skip()
		}
	}
	require.NoError(t, r.End())
	require.EqualValues(t, 7, got)
}

func TestReader_refuses_what_is_malformed(t *testing.T) {
	for name, c := range map[string]struct {
		message string // in hex
		take    func(r *cbor.Reader)
	}{
		"nothing":                     {"", func(r *cbor.Reader) { r.Int(64) }},
		"more than was asked for":     {"0000", func(r *cbor.Reader) { r.Int(64) }},
		"another type":                {"60", func(r *cbor.Reader) { r.Int(64) }},
		"a number of too many bits":   {"1901ff", func(r *cbor.Reader) { r.Int(8) }},
		"too small a number":          {"3880", func(r *cbor.Reader) { r.Int(8) }},
		"too great a number":          {"1b8000000000000000", func(r *cbor.Reader) { r.Int(64) }},
		"a negative number":           {"20", func(r *cbor.Reader) { r.Uint(64) }},
		"too great an unsigned one":   {"190100", func(r *cbor.Reader) { r.Uint(8) }},
		"half a number":               {"19ff", func(r *cbor.Reader) { r.Int(64) }},
		"a reserved length":           {"1c", func(r *cbor.Reader) { r.Int(64) }},
		"text that is cut off":        {"6561", func(r *cbor.Reader) { r.Text() }},
		"a length beyond all memory":  {"7bffffffffffffffff", func(r *cbor.Reader) { r.Text() }},
		"a list beyond the message":   {"9a00ffffff00", func(r *cbor.Reader) { r.Array() }},
		"a map beyond the message":    {"ba00ffffff00", func(r *cbor.Reader) { r.Map() }},
		"an id of 15 bytes":           {"4f000000000000000000000000000000", func(r *cbor.Reader) { r.UUID() }},
		"a time of three":             {"83000000", func(r *cbor.Reader) { r.Time() }},
		"a time of a whole second":    {"82001a3b9aca00", func(r *cbor.Reader) { r.Time() }},
		"a time before its second":    {"820020", func(r *cbor.Reader) { r.Time() }},
		"a float of one byte":         {"fb00", func(r *cbor.Reader) { r.Float() }},
		"not a truth value":           {"f6", func(r *cbor.Reader) { r.Bool() }},
		"names that are not text":     {"bf0000ff", func(r *cbor.Reader) { all(r) }},
		"a map that does not end":     {"bf6161", func(r *cbor.Reader) { all(r) }},
		"a map without its last pair": {"a26161f6", func(r *cbor.Reader) { all(r) }},
		"a value that nobody knows":   {"c000", func(r *cbor.Reader) { r.Skip() }},
		"an end of nothing":           {"ff", func(r *cbor.Reader) { r.Skip() }},
		"a list without its members":  {"83f6f6", func(r *cbor.Reader) { r.Skip() }},
		"nested without an end":       {strings.Repeat("81", 100_000), func(r *cbor.Reader) { r.Skip() }},
		"maps nested without an end":  {strings.Repeat("bf6161", 100_000), func(r *cbor.Reader) { r.Skip() }},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := hex.DecodeString(c.message)
			require.NoError(t, err)
			r := cbor.NewReader(b)
			c.take(r)
			require.ErrorIs(t, r.End(), cbor.ErrMalformed)
			require.False(t, name != "more than was asked for" && r.OK())
			require.Zero(t, r.Int(64), "nothing is taken after a fault")
			require.Empty(t, r.Text())
			require.Nil(t, r.Bytes())
			require.Zero(t, r.Time())
		})
	}
}

// all reads a map and knows none of its names.
func all(r *cbor.Reader) {
	for left := r.Open(); r.More(&left); {
		r.Key()
		r.Skip()
	}
}

func FuzzReader_takes_any_bytes(f *testing.F) {
	var w cbor.Writer
	everything(&w)
	b, err := w.Message()
	require.NoError(f, err)
	f.Add(b)
	f.Add([]byte{0xbf, 0x61, 'a', 0x9a, 0, 0, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := cbor.NewReader(b)
		for left := r.Open(); r.More(&left); {
			switch string(r.Key()) {
			case "int":
				r.Int(16)
			case "uint":
				r.Uint(64)
			case "float":
				r.Float()
			case "text":
				r.Text()
			case "bytes":
				r.Bytes()
			case "time":
				if at := r.Time(); r.OK() {
					require.Equal(t, at, cbor.NewReader(written(t, func(w *cbor.Writer) { w.Time(at) })).Time())
				}
			case "list":
				if n, ok := r.Array(); ok {
					require.LessOrEqual(t, n, len(b), "what is reserved for it")
					for ; n > 0 && r.OK(); n-- {
						r.UUID()
					}
				}
			default:
				r.Skip()
			}
		}
		if r.End() == nil {
			again := cbor.NewReader(b)
			again.Skip()
			require.NoError(t, again.End(), "what is read can be skipped")
		}
	})
}

func TestBytes_do_not_reach_into_what_follows(t *testing.T) {
	r := cbor.NewReader(written(t, func(w *cbor.Writer) {
		w.Bytes([]byte("one"))
		w.Bytes([]byte("two"))
	}))
	one := r.Bytes()
	require.Equal(t, "one more", string(append(one, " more"...)))
	require.Equal(t, "two", string(r.Bytes()))
	require.NoError(t, r.End())
}
