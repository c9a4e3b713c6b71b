package flags

import "foyer/sdk/module"

// Key is a flag's name, as modules know it.
type Key = module.Flag

// APIDocs is module.APIDocs.
const APIDocs = module.APIDocs
