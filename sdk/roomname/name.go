package roomname

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"unicode/utf8"

	"foyer/sdk/module"
)

const maxName = 500 // characters

// Name is a room's name and its slug.
type Name struct{ Text, Slug string }

// Become renames a room: it returns the new name and the slug that follows from
// it. The zero value is a new room's. A name that yields no slug, such as one in
// Japanese, gets a random one, and the next such name keeps it. reserved reports
// slugs that no room may have, in addition to those that read as an id; nil =
// none. The error is a *module.FieldError in the words that clients know
// (core-rest.md 5.1). Whether the slug is taken is not checked.
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

// draw returns three random groups of 3, 4 and 3 letters (external-api.md 2.4).
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
