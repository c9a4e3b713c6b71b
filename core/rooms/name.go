package rooms

import (
	"errors"

	"foyer/core/store"
	"foyer/sdk/module"
	"foyer/sdk/reply"
	"foyer/sdk/roomname"
)

// Fault is what is wrong with one field of a room, in the words that clients know
// (core-rest.md 5.1).
type Fault struct{ Field, Message string }

// Error returns "field: message".
func (f *Fault) Error() string { return f.Field + ": " + f.Message }

// asFault converts a fault of the module contract to ours, which has the same
// form.
func asFault(err error) error {
	if f, ok := errors.AsType[*module.FieldError](err); ok {
		return &Fault{f.Field, f.Message}
	}
	return err
}

// rename gives a room a name and the slug derived from it: see roomname.Become.
func (w *Writer) rename(r *store.Room, name string) error {
	next, err := roomname.Name{Text: r.Name, Slug: r.Slug}.Become(name, w.reserves)
	if err != nil {
		return asFault(err)
	}
	r.Name, r.Slug = next.Text, next.Slug
	return nil
}

// FaultOf finds the Fault in an error of the Writer.
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
