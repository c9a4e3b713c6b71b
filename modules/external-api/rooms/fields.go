package rooms

import (
	"net/http"

	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/schema"
)

const maxName = 500 // characters

// readNew reads the fields of a new room. All others are ignored; in particular, the
// program does not choose the name (external-api.md 2.4).
func readNew(w http.ResponseWriter, r *http.Request) (level string, configuration []byte, err error) {
	o, err := body.Read(w, r, body.DefaultLimit)
	if err != nil {
		return "", nil, err
	}
	change := readCommon(o)
	if change.AccessLevel != nil {
		level = *change.AccessLevel
	}
	return level, change.Configuration, o.Err()
}

// readChange reads the changes; partial leaves out fields that are not given.
func readChange(w http.ResponseWriter, r *http.Request, partial bool) (module.RoomChange, error) {
	o, err := body.Read(w, r, body.DefaultLimit)
	if err != nil {
		return module.RoomChange{}, err
	}
	rule := body.Required().Max(maxName)
	if partial {
		rule = body.Optional().Max(maxName)
	}
	change := readCommon(o)
	if name, ok := o.String("name", rule); ok {
		change.Name = &name
	}
	return change, o.Err()
}

// readCommon reads the fields that both have.
func readCommon(o *body.Object) (change module.RoomChange) {
	if level, ok := o.String("access_level", body.Optional().OneOf(Public, Trusted, Restricted)); ok {
		change.AccessLevel = &level
	}
	if o.Has("configuration") {
		change.Configuration = schema.ReadConfiguration(o, "configuration")
	}
	return change
}
