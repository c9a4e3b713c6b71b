package flags

import "foyer/sdk/module"

// Key is a flag's name, as modules know it.
type Key = module.Flag

// APIDocs shows the API documents and their pages (http.api_docs).
const APIDocs = module.APIDocs
