package recording

import _ "embed"

// description holds the routes for the API document, which shows those that are on.
//
//go:embed openapi.yaml
var description []byte

func (m *Module) OpenAPI() []byte { return description }
