package cbor

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"foyer/sdk/conf"
)

// Major types of RFC 8949, 3.1, in the upper three bits of an item's first byte.
const (
	majorUnsigned byte = 0 << 5
	majorNegative byte = 1 << 5
	majorBytes    byte = 2 << 5
	majorText     byte = 3 << 5
	majorArray    byte = 4 << 5
	majorMap      byte = 5 << 5
	majorMask     byte = 7 << 5
)

// Whole first bytes.
const (
	itemFalse   = 0xf4
	itemTrue    = 0xf5
	itemNull    = 0xf6
	itemFloat64 = 0xfb
	itemOpenMap = 0xbf // a map whose length is not known yet
	itemBreak   = 0xff // its end
)

// usual is a size in bytes that most messages fit into, allocated up front.
const usual = 256

// Writer builds one message. The zero value is ready.
type Writer struct {
	b   []byte
	err error
}

// Message returns what was written, and an error if a value could not be: only
// JSON of arbitrary values can fail.
func (w *Writer) Message() ([]byte, error) { return w.b, w.err }

func (w *Writer) head(major byte, n uint64) {
	switch {
	case n < 24:
		w.b = append(w.b, major|byte(n))
	case n <= math.MaxUint8:
		w.b = append(w.b, major|24, byte(n))
	case n <= math.MaxUint16:
		w.b = binary.BigEndian.AppendUint16(append(w.b, major|25), uint16(n))
	case n <= math.MaxUint32:
		w.b = binary.BigEndian.AppendUint32(append(w.b, major|26), uint32(n))
	default:
		w.b = binary.BigEndian.AppendUint64(append(w.b, major|27), n)
	}
}

// Open begins a map of names: each Key is followed by one value, and Close ends
// it.
func (w *Writer) Open() {
	if w.b == nil {
		w.b = make([]byte, 0, usual)
	}
	w.b = append(w.b, itemOpenMap)
}

// Close ends what Open began.
func (w *Writer) Close() { w.b = append(w.b, itemBreak) }

// Key writes the name of the value that follows.
func (w *Writer) Key(name string) {
	w.head(majorText, uint64(len(name)))
	w.b = append(w.b, name...)
}

// Array announces n values.
func (w *Writer) Array(n int) { w.head(majorArray, uint64(n)) }

// Map announces n pairs of text and value.
func (w *Writer) Map(n int) { w.head(majorMap, uint64(n)) }

// Null is a nil slice, map or pointer.
func (w *Writer) Null() { w.b = append(w.b, itemNull) }

// Bool writes a truth value.
func (w *Writer) Bool(v bool) {
	if v {
		w.b = append(w.b, itemTrue)
	} else {
		w.b = append(w.b, itemFalse)
	}
}

// Int writes a whole number.
func (w *Writer) Int(v int64) {
	if v < 0 {
		w.head(majorNegative, uint64(-(v + 1)))
	} else {
		w.head(majorUnsigned, uint64(v))
	}
}

// Uint writes a whole number that is not negative.
func (w *Writer) Uint(v uint64) { w.head(majorUnsigned, v) }

// Float writes a floating-point number, bit by bit.
func (w *Writer) Float(v float64) {
	w.b = binary.BigEndian.AppendUint64(append(w.b, itemFloat64), math.Float64bits(v))
}

// Text writes a string. Since CBOR text is UTF-8, any other string is written as
// bytes.
func (w *Writer) Text(v string) {
	major := majorText
	if !utf8.ValidString(v) {
		major = majorBytes
	}
	w.head(major, uint64(len(v)))
	w.b = append(w.b, v...)
}

// Bytes writes bytes; nil is Null.
func (w *Writer) Bytes(v []byte) {
	if v == nil {
		w.Null()
		return
	}
	w.head(majorBytes, uint64(len(v)))
	w.b = append(w.b, v...)
}

// UUID writes its 16 bytes.
func (w *Writer) UUID(v uuid.UUID) { w.Bytes(v[:]) }

// Time writes the seconds since 1970 and the nanoseconds of the last one.
func (w *Writer) Time(v time.Time) {
	w.Array(2)
	w.Int(v.Unix())
	w.Int(int64(v.Nanosecond()))
}

// Duration writes nanoseconds.
func (w *Writer) Duration(v time.Duration) { w.Int(int64(v)) }

// Secret writes the text of a secret, which nothing else shows.
func (w *Writer) Secret(v conf.Secret) { w.Text(v.Reveal()) }

// JSON writes any value as the bytes of its JSON.
func (w *Writer) JSON(v any) {
	b, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.Bytes(b)
}
