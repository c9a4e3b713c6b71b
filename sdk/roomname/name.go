package roomname

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"unicode/utf8"

	"foyer/sdk/module"
)

const maxName = 500 // characters

// Name is what a room is called, and the slug that it is found by.
type Name struct{ Text, Slug string }

// Become gives a room that is called so another name, and the slug that follows;
// the zero value is that of a new room. A name that gives no slug, such as one in
// Japanese, draws it, and the next such name keeps what was drawn. reserved are
// slugs that no room gets besides those that read as an id; nil = none. The error
// is a *module.FieldError in the words that clients know (core-rest.md 5.1), but
// never that the slug is taken.
func (n Name) Become(text string, reserved func(slug string) bool) (Name, error) {
	if utf8.RuneCountInString(text) > maxName {
		return n, fault("name", "Ensure this field has no more than %d characters.", maxName)
	}
	slug := Slug(text)
	length := utf8.RuneCountInString(slug)
	switch {
	case length > maxSlug:
		return n, fault("slug", "Ensure this value has at most %d characters (it has %d).", maxSlug, length)
	case slug != n.Slug && (ReadsAsID(slug) || reserved != nil && reserved(slug)):
		return n, fault("name", "Room name \"%s\" is reserved.", text)
	case slug == "" && n.Slug != "" && Slug(n.Text) == "":
		slug = n.Slug
	case slug == "":
		var err error
		if slug, err = draw(); err != nil {
			return n, err
		}
	}
	return Name{text, slug}, nil
}

func fault(field, format string, args ...any) error {
	return &module.FieldError{Field: field, Message: fmt.Sprintf(format, args...), Kind: module.ErrInvalid}
}

// draw is three groups of 3, 4 and 3 letters (external-api.md 2.4).
func draw() (string, error) {
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
