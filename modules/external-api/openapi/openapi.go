package openapi

import (
	"embed"
	"io/fs"

	"foyer/sdk/openapi"
)

// Bases of the documents.
const (
	Base       = "/external-api/v1.0/"
	SpacesBase = "/v2/"
)

//go:embed v1/*.yaml v2/*.yaml
var files embed.FS

// Parts are the parts of the external API's document.
func Parts() []openapi.Part { return parts("v1") }

// SpacesParts are those of the facade's.
func SpacesParts() []openapi.Part { return parts("v2") }

// parts are the files of a folder; "0.yaml" comes first and names the document.
func parts(folder string) []openapi.Part {
	names, _ := fs.Glob(files, folder+"/*.yaml") // the pattern is good, and the names are sorted
	all := make([]openapi.Part, len(names))
	for i, name := range names {
		text, _ := files.ReadFile(name) // it is embedded
		all[i] = openapi.Part{Name: name, Text: text}
	}
	return all
}
