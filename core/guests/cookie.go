package guests

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Cookie is what a browser keeps for the gateway.
type Cookie struct {
	ID string // one of ours
	// Shown means that the id has been in a token, so others may have seen it.
	Shown bool
	// Room, Since and Asked are the place in a queue: where the guest waits,
	// since when, and when they last asked. The zero UUID means none. Times have
	// millisecond precision.
	Room         uuid.UUID
	Since, Asked time.Time
}

const (
	flagShown = 1
	// payload is the size of the flags, the room and the two times, in bytes.
	payload = 1 + 16 + 8 + 8
	macSize = 16 // bytes
)

// Write returns the text of a cookie: the id, a dot, and what only we can
// compute.
func (g *Guests) Write(c Cookie) string {
	id, _ := g.read(c.ID)
	b := make([]byte, payload, payload+macSize)
	if c.Shown {
		b[0] = flagShown
	}
	if c.Room != uuid.Nil {
		copy(b[1:], c.Room[:])
		binary.BigEndian.PutUint64(b[17:], uint64(c.Since.UnixMilli()))
		binary.BigEndian.PutUint64(b[25:], uint64(c.Asked.UnixMilli()))
	}
	return c.ID + "." + base64.RawURLEncoding.EncodeToString(append(b, g.mac(id, b)...))
}

// Read parses the text of one cookie. A bare id is not accepted: everyone who was
// in a meeting with the guest has that.
func (g *Guests) Read(text string) (Cookie, bool) {
	name, rest, _ := strings.Cut(text, ".")
	if len(rest) != base64.RawURLEncoding.EncodedLen(payload+macSize) {
		return Cookie{}, false
	}
	id, ok := g.read(name)
	if !ok {
		return Cookie{}, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	if err != nil || !hmac.Equal(b[payload:], g.mac(id, b[:payload])) {
		return Cookie{}, false
	}
	c := Cookie{ID: name, Shown: b[0]&flagShown != 0, Room: uuid.UUID(b[1:17])}
	if c.Room != uuid.Nil {
		c.Since = time.UnixMilli(int64(binary.BigEndian.Uint64(b[17:])))
		c.Asked = time.UnixMilli(int64(binary.BigEndian.Uint64(b[25:])))
	}
	return c, true
}

func (g *Guests) mac(id uuid.UUID, payload []byte) []byte {
	mac := hmac.New(sha256.New, g.cookies)
	mac.Write(id[:])
	mac.Write(payload)
	return mac.Sum(nil)[:macSize]
}
