package spaces

import (
	"context"
	"errors"
	"net/http"

	"foyer/modules/external-api/rooms"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// fieldNames maps names of room fields to the API's.
var fieldNames = map[string]string{"access_level": accessType}

// invalid refuses one field.
func invalid(field, why string) error {
	return reply.RPCStatus(http.StatusBadRequest, "", field+" "+why+".", reply.Violation{Field: field, Description: why})
}

// missing is the answer for a space that does not exist or that the caller may not see.
func missing() error {
	return reply.RPCStatus(http.StatusNotFound, "", "There is no such space, or you may not see it.")
}

// shown turns every error into a status.
func shown(err error) error {
	switch {
	case errors.Is(err, module.ErrNotFound):
		return missing()
	case errors.Is(err, module.ErrChanged):
		return reply.RPCStatus(http.StatusConflict, "", "The space was changed meanwhile.")
	case errors.Is(err, context.Canceled):
		return err
	}
	return reply.AsRPCStatus(rooms.Shown(err), fieldNames)
}
