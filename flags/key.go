package flags

import "foyer/sdk/module"

// Key is what modules call a flag by.
type Key = module.Flag

// APIDocs is module.APIDocs.
const APIDocs = module.APIDocs
