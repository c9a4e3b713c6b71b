package openapi

import (
	"embed"
	"io/fs"

	"foyer/sdk/openapi"
)

// Base paths of the documents.
const (
	Base       = "/external-api/v1.0/"
	SpacesBase = "/v2/"
)

//go:embed v1/*.yaml v2/*.yaml
var files embed.FS

// Parts returns the parts of the external API's document.
func Parts() []openapi.Part { return parts("v1") }

// SpacesParts returns the parts of the facade's document.
func SpacesParts() []openapi.Part { return parts("v2") }

// parts returns the files of a folder; "0.yaml" comes first and names the document.
func parts(folder string) []openapi.Part {
	names, _ := fs.Glob(files, folder+"/*.yaml") // the pattern is valid, and the names come sorted
	all := make([]openapi.Part, len(names))
	for i, name := range names {
		text, _ := files.ReadFile(name) // embedded, so it can be read
		all[i] = openapi.Part{Name: name, Text: text}
	}
	return all
}
