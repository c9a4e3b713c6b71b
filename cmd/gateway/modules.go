package main

import (
	"foyer/core/module"
	externalapi "foyer/modules/external-api"
	"foyer/modules/subtitles"
)

// builtin is the list of modules in this binary, each a fresh value.
func builtin() []module.Module {
	return []module.Module{
		subtitles.New(),
		externalapi.New(),
	}
}
