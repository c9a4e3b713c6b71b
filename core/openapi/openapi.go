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

// Parts are the parts of the document, the one that names it first.
func Parts() []openapi.Part {
	const first = "document.yaml"
	parts := []openapi.Part{{Name: first, Text: read(first)}}
	all, _ := fs.Glob(files, "*.yaml") // the pattern is good
	for _, name := range all {
		if name != first {
			parts = append(parts, openapi.Part{Name: name, Text: read(name)})
		}
	}
	return parts
}

// read gives a file that is embedded, so it cannot fail.
func read(name string) []byte {
	text, _ := files.ReadFile(name)
	return text
}
