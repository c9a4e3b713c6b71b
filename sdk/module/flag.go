package module

// Flag names a feature flag. A module's own flag has the module's name.
type Flag string

// APIDocs switches the API documents and their pages on (http.api_docs).
const APIDocs Flag = "api_docs"
