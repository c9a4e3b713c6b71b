package main

import (
	externalapi "foyer/modules/external-api"
	"foyer/modules/recording"
	"foyer/modules/subtitles"
	"foyer/modules/summary"
	"foyer/sdk/module"
)

// builtin is the list of modules in this binary, each a fresh value.
func builtin() []module.Module {
	return []module.Module{
		recording.New(),
		subtitles.New(),
		summary.New(),
		externalapi.New(),
	}
}
