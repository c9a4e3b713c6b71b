package accesses

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/body"
)

// fields are the fields of a request; uuid.Nil and "" mean not given.
type fields struct {
	user, room uuid.UUID
	role       store.Role
}

// readFields reads and checks the fields for a caller. That the caller may not
// manage the room is reported before any other fault.
func (s *Service) readFields(ctx context.Context, o *body.Object, caller uuid.UUID, required bool) (fields, error) {
	rule := body.Optional()
	if required {
		rule = body.Required()
	}
	var f fields
	if id, ok := readKey(o, "resource", rule); ok {
		room, err := s.store.RoomByID(ctx, id, caller)
		switch {
		case errors.Is(err, store.ErrNotFound):
			o.Fault("resource", unknownKey(o, "resource"))
		case err != nil:
			return f, err
		case !room.Role.Privileged():
			return f, notRuled()
		}
		f.room = id
	}
	if id, ok := readKey(o, "user", rule); ok {
		_, err := s.store.UserByID(ctx, id)
		switch {
		case errors.Is(err, store.ErrNotFound):
			o.Fault("user", unknownKey(o, "user"))
		case err != nil:
			return f, err
		}
		f.user = id
	}
	roles := body.Optional().OneOf(string(store.Member), string(store.Administrator), string(store.Owner))
	if role, ok := o.String("role", roles); ok {
		f.role = store.Role(role)
	}
	return f, o.Err()
}

// readKey reads the key of another object, with the contract's messages for keys
// (core-rest.md 1.5).
func readKey(o *body.Object, name string, rule body.Rule) (uuid.UUID, bool) {
	kind, text := body.TypeName(o.Raw(name)), o.Text(name)
	switch {
	case o.Has(name) && kind == "str" && text == "":
		o.Fault(name, body.MsgNull)
		return uuid.Nil, false
	case kind == "bool":
		o.Fault(name, "Incorrect type. Expected pk value, received bool.")
		return uuid.Nil, false
	}
	id, ok := o.UUID(name, rule)
	if !ok && o.Has(name) && !o.IsNull(name) {
		o.Fault(name, fmt.Sprintf("“%s” is not a valid UUID.", text))
	}
	return id, ok
}

func unknownKey(o *body.Object, name string) string {
	return fmt.Sprintf("Invalid pk \"%s\" - object does not exist.", o.Text(name))
}
