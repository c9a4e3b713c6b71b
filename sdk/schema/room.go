package schema

import (
	"fmt"
	"slices"

	"foyer/sdk/module"
)

// accessLevels are the levels a room can have.
var accessLevels = []string{"public", "trusted", "restricted"}

// CheckRoom refuses values that no room can have; a nil level and an empty
// configuration are not checked. The error is a *module.FieldError. Hosts call
// it.
func CheckRoom(accessLevel *string, configuration []byte) error {
	if accessLevel != nil && !slices.Contains(accessLevels, *accessLevel) {
		return &module.FieldError{Field: "access_level", Message: fmt.Sprintf("\"%s\" is not a valid choice.", *accessLevel), Kind: module.ErrInvalid}
	}
	if err := CheckConfiguration(configuration); err != nil {
		return &module.FieldError{Field: "configuration", Message: err.Error(), Kind: module.ErrInvalid}
	}
	return nil
}
