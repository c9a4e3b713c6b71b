package module

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Limits that the types of documents promise.
const (
	documentKey     = 512      // bytes, of values of an index too
	documentValue   = 64 << 10 // bytes
	documentIndexes = 10
	documentPage    = 100
	commitWrites    = 100     // and jobs, and events
	commitValues    = 2 << 20 // bytes, of all writes
)

// documentName is the form of a collection's or index's name.
var documentName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}

// CheckCollection returns ErrInvalid if no collection can have the name.
func CheckCollection(name string) error {
	if !documentName.MatchString(name) {
		return invalid("a collection cannot be named %q", name)
	}
	return nil
}

// CheckDocumentText returns ErrInvalid if no key, or value of an index, can be
// this text. what names it in the error.
func CheckDocumentText(what, text string) error {
	if len(text) > documentKey || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return invalid("%s of %d bytes is longer than %d, not UTF-8, or has a NUL", what, len(text), documentKey)
	}
	return nil
}

// Check returns ErrInvalid if the write can never be done, whatever is stored.
// Hosts call it.
func (w DocumentWrite) Check() error {
	if err := CheckCollection(w.Collection); err != nil {
		return err
	}
	if err := CheckDocumentText("a key", w.Key); err != nil {
		return err
	}
	switch {
	case w.Key == "":
		return invalid("a document of %s has no key", w.Collection)
	case len(w.Value) > documentValue:
		return invalid("%s/%s of %d bytes is larger than %d", w.Collection, w.Key, len(w.Value), documentValue)
	case w.Revision < AnyRevision:
		return invalid("%s/%s: there is no revision %d", w.Collection, w.Key, w.Revision)
	case w.Delete && w.Revision == 0:
		return invalid("%s/%s is to be deleted: of which revision?", w.Collection, w.Key)
	case !w.ExpiresAt.IsZero() && (w.ExpiresAt.UTC().Year() < 1 || w.ExpiresAt.UTC().Year() > 9999):
		return invalid("%s/%s ends in a year that databases do not have: %d", w.Collection, w.Key, w.ExpiresAt.UTC().Year())
	case len(w.Index) > documentIndexes:
		return invalid("%s/%s is in %d indexes, more than %d", w.Collection, w.Key, len(w.Index), documentIndexes)
	case len(w.Index) > 0 && w.Collection == KVCollection:
		return invalid("the collection %s has no indexes", w.Collection)
	}
	for of, value := range w.Index {
		if !documentName.MatchString(of) {
			return invalid("an index cannot be named %q", of)
		}
		if err := CheckDocumentText("a value of the index "+of, value); err != nil {
			return err
		}
	}
	return nil
}

// Check returns ErrInvalid if the query is wrong. Cursors are for the host to
// check, which made them.
func (q DocumentQuery) Check() error {
	if err := CheckCollection(q.Collection); err != nil {
		return err
	}
	switch {
	case q.Index != "" && !documentName.MatchString(q.Index):
		return invalid("an index cannot be named %q", q.Index)
	case q.Index == "" && q.Value != "":
		return invalid("the value %q is of no index", q.Value)
	case q.Value != "" && q.Prefix != "":
		return invalid("a value and a prefix are asked for at once")
	case q.Limit < 0 || q.Limit > documentPage:
		return invalid("a page of %d documents is not one of 1 to %d", q.Limit, documentPage)
	}
	for _, text := range []string{q.Prefix, q.Value} {
		if err := CheckDocumentText("what is asked for", text); err != nil {
			return err
		}
	}
	return nil
}
