package cbor

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/conf"
)

// ErrMalformed is a message that no Writer wrote, or one with another type than
// the reader expects.
var ErrMalformed = errors.New("malformed message")

// deepest bounds the nesting of values that a reader skips.
const deepest = 64

// Reader takes a message apart. After the first fault every call returns zero
// values and consumes nothing; End returns the fault.
type Reader struct {
	b   []byte
	err error
}

// NewReader returns a reader of b, which it keeps.
func NewReader(b []byte) *Reader { return &Reader{b: b} }

// End returns the first fault: ErrMalformed, also if bytes are left over.
func (r *Reader) End() error {
	if r.err == nil && len(r.b) > 0 {
		r.fail()
	}
	return r.err
}

// OK reports whether there has been no fault so far.
func (r *Reader) OK() bool { return r.err == nil }

func (r *Reader) fail() { r.b, r.err = nil, ErrMalformed }

// next takes n bytes.
func (r *Reader) next(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.fail()
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

// is takes the first byte if it is this one.
func (r *Reader) is(item byte) bool {
	if len(r.b) == 0 || r.b[0] != item {
		return false
	}
	r.b = r.b[1:]
	return true
}

// head takes the first byte of an item and the number that goes with it.
func (r *Reader) head() (major byte, n uint64) {
	first := r.next(1)
	if first == nil {
		return 0, 0
	}
	major, n = first[0]&majorMask, uint64(first[0]&^majorMask)
	if n < 24 {
		return major, n
	}
	size := uint64(1) << (n - 24)
	if size > 8 {
		r.fail()
		return 0, 0
	}
	b := r.next(size)
	if b == nil {
		return 0, 0
	}
	var wide [8]byte
	copy(wide[8-size:], b)
	return major, binary.BigEndian.Uint64(wide[:])
}

// expect takes the head of an item of one major type.
func (r *Reader) expect(want byte) uint64 {
	major, n := r.head()
	if r.err == nil && major != want {
		r.fail()
	}
	if r.err != nil {
		return 0
	}
	return n
}

// Open enters a map of names; pass left to More, which reports whether another
// name follows.
func (r *Reader) Open() (left int) {
	if r.is(itemOpenMap) {
		return -1
	}
	return r.size(majorMap)
}

// More reports whether another name follows.
func (r *Reader) More(left *int) bool {
	switch {
	case r.err != nil:
		return false
	case *left < 0:
		return !r.is(itemBreak)
	default:
		*left--
		return *left >= 0
	}
}

// Key takes a name. It is a part of the message.
func (r *Reader) Key() []byte { return r.next(r.expect(majorText)) }

// size takes the length of an array or map, which cannot have more members than
// there are bytes left.
func (r *Reader) size(major byte) int {
	n := r.expect(major)
	if n > uint64(len(r.b)) {
		r.fail()
		return 0
	}
	return int(n)
}

// Array takes the number of values that follow; ok is false for Null.
func (r *Reader) Array() (n int, ok bool) {
	if r.Null() {
		return 0, false
	}
	return r.size(majorArray), r.err == nil
}

// Map takes the number of pairs of text and value that follow; ok is false for
// Null.
func (r *Reader) Map() (n int, ok bool) {
	if r.Null() {
		return 0, false
	}
	return r.size(majorMap), r.err == nil
}

// Null takes a Null if there is one, and reports whether there was.
func (r *Reader) Null() bool { return r.is(itemNull) }

// Bool takes a truth value.
func (r *Reader) Bool() bool {
	if r.is(itemTrue) {
		return true
	}
	if !r.is(itemFalse) {
		r.fail()
	}
	return false
}

// Int takes a whole number that fits that many bits.
func (r *Reader) Int(bits int) int64 {
	major, n := r.head()
	limit := uint64(1)<<(bits-1) - 1
	if r.err != nil || n > limit || major != majorUnsigned && major != majorNegative {
		r.fail()
		return 0
	}
	if major == majorNegative {
		return -1 - int64(n)
	}
	return int64(n)
}

// Uint takes a non-negative whole number that fits that many bits.
func (r *Reader) Uint(bits int) uint64 {
	n := r.expect(majorUnsigned)
	if n > math.MaxUint64>>(64-bits) {
		r.fail()
		return 0
	}
	return n
}

// Float takes a floating-point number.
func (r *Reader) Float() float64 {
	if !r.is(itemFloat64) {
		r.fail()
	}
	b := r.next(8)
	if r.err != nil {
		return 0
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b))
}

// Text takes a string, UTF-8 or not.
func (r *Reader) Text() string {
	major, n := r.head()
	if r.err == nil && major != majorText && major != majorBytes {
		r.fail()
	}
	return string(r.next(n))
}

// Bytes takes bytes; Null is nil. They are a part of the message, which nobody
// else writes to, and their capacity ends where they do, so append copies them.
func (r *Reader) Bytes() []byte {
	if r.Null() {
		return nil
	}
	b := r.next(r.expect(majorBytes))
	if r.err != nil {
		return nil
	}
	return b[:len(b):len(b)]
}

// UUID takes 16 bytes.
func (r *Reader) UUID() (id uuid.UUID) {
	b := r.next(r.expect(majorBytes))
	if len(b) != len(id) {
		r.fail()
		return id
	}
	return uuid.UUID(b)
}

// Time takes a time, in UTC.
func (r *Reader) Time() time.Time {
	if r.expect(majorArray) != 2 {
		r.fail()
	}
	seconds, nanoseconds := r.Int(64), r.Int(64)
	if nanoseconds < 0 || nanoseconds >= int64(time.Second) {
		r.fail()
	}
	if r.err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, nanoseconds).UTC()
}

// Duration takes nanoseconds.
func (r *Reader) Duration() time.Duration { return time.Duration(r.Int(64)) }

// Secret takes the text of a secret.
func (r *Reader) Secret() conf.Secret { return conf.NewSecret(r.Text()) }

// JSON takes the JSON of any value and returns it undecoded.
func (r *Reader) JSON() any { return json.RawMessage(r.Bytes()) }

// Skip takes one value, whatever it is.
func (r *Reader) Skip() { r.skip(deepest) }

func (r *Reader) skip(depth int) {
	if depth == 0 {
		r.fail()
		return
	}
	if r.is(itemOpenMap) {
		for left := -1; r.More(&left); {
			r.Key()
			r.skip(depth - 1)
		}
		return
	}
	if r.is(itemFloat64) {
		r.next(8)
		return
	}
	if r.is(itemNull) || r.is(itemTrue) || r.is(itemFalse) {
		return
	}
	major, n := r.head()
	switch major {
	case majorUnsigned, majorNegative:
	case majorBytes, majorText:
		r.next(n)
	case majorArray, majorMap:
		for i := uint64(0); i < n && r.err == nil; i++ {
			if major == majorMap {
				r.Text()
			}
			r.skip(depth - 1)
		}
	default:
		r.fail()
	}
}
