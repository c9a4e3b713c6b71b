package flags

// Key names a feature flag. A module's own flag has the module's name.
type Key string

// APIDocs shows the API documents and their pages (http.api_docs).
const APIDocs Key = "api_docs"
