package rooms

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"unicode/utf8"

	"foyer/core/store"
	"foyer/sdk/reply"
)

const maxName = 500 // characters

// Fault is what is wrong with one field of a room, in the words that clients
// know (core-rest.md 5.1).
type Fault struct{ Field, Message string }

// Error tells field and message.
func (f *Fault) Error() string { return f.Field + ": " + f.Message }

// rename gives a room a name and the slug that follows. A name that gives none,
// such as one in Japanese, draws it, and the next such name keeps what was
// drawn.
func (w *Writer) rename(r *store.Room, name string) error {
	if n := utf8.RuneCountInString(name); n > maxName {
		return &Fault{"name", fmt.Sprintf("Ensure this field has no more than %d characters.", maxName)}
	}
	slug := Slugify(name)
	n := utf8.RuneCountInString(slug)
	switch {
	case n > maxSlug:
		return &Fault{"slug", fmt.Sprintf("Ensure this value has at most %d characters (it has %d).", maxSlug, n)}
	case slug != r.Slug && w.reserves(slug):
		return &Fault{"name", fmt.Sprintf("Room name \"%s\" is reserved.", name)}
	case slug == "" && r.Slug != "" && Slugify(r.Name) == "":
		slug = r.Slug
	case slug == "":
		var err error
		if slug, err = randomName(); err != nil {
			return err
		}
	}
	r.Name, r.Slug = name, slug
	return nil
}

// randomName is three groups of 3, 4 and 3 letters (external-api.md 2.4).
func randomName() (string, error) {
	name := make([]byte, 0, 12)
	for i, size := range []int{3, 4, 3} {
		if i > 0 {
			name = append(name, '-')
		}
		for range size {
			n, err := rand.Int(rand.Reader, big.NewInt(26))
			if err != nil {
				return "", fmt.Errorf("draw a name: %w", err)
			}
			name = append(name, byte('a'+n.Int64()))
		}
	}
	return string(name), nil
}

// FaultOf finds what is wrong with a field in an error of the Writer.
func FaultOf(err error) (*Fault, bool) {
	if c, ok := errors.AsType[*store.Conflict](err); ok && c.Field == "slug" {
		return &Fault{"slug", "Room with this Slug already exists."}, true
	}
	return errors.AsType[*Fault](err)
}

// answerOf turns a fault, or the conflict on a slug, into the contract's 400.
func answerOf(err error) error {
	if f, ok := FaultOf(err); ok {
		return reply.InvalidField(f.Field, f.Message)
	}
	return err
}
