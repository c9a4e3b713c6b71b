package openapi

import (
	"embed"
	"io/fs"

	"foyer/sdk/openapi"
)

// Base is the base path of the core.
const Base = "/api/v1.0/"

//go:embed *.yaml
var files embed.FS

// Parts returns the parts of the document, the one with its title first.
func Parts() []openapi.Part {
	const first = "document.yaml"
	parts := []openapi.Part{{Name: first, Text: read(first)}}
	all, _ := fs.Glob(files, "*.yaml") // the pattern is valid
	for _, name := range all {
		if name != first {
			parts = append(parts, openapi.Part{Name: name, Text: read(name)})
		}
	}
	return parts
}

// read returns an embedded file, so it cannot fail.
func read(name string) []byte {
	text, _ := files.ReadFile(name)
	return text
}
