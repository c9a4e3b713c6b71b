package recording

import (
	"bytes"
	_ "embed"
)

// description is the routes in the API document.
//
//go:embed openapi.yaml
var description []byte

// hookDescription is the storage hook's path in it.
//
//go:embed hook.yaml
var hookDescription []byte

// OpenAPI is module.Describer: what Routes has.
func (m *Module) OpenAPI() []byte {
	if !m.config.Hook.Enabled {
		return description
	}
	after := []byte("components:\n")
	return bytes.Replace(description, after, append(bytes.Clone(hookDescription), after...), 1)
}
