package spaces

import (
	"context"
	"errors"
	"net/http"

	"foyer/modules/external-api/rooms"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// fieldNames are the API's words for fields of rooms.
var fieldNames = map[string]string{"access_level": accessType}

// invalid refuses one field.
func invalid(field, why string) error {
	return reply.RPCStatus(http.StatusBadRequest, "", field+" "+why+".", reply.Violation{Field: field, Description: why})
}

// missing is a space that is not there, or not for the caller to see.
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
