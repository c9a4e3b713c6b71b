package flags

// Key names a feature flag. A module's own flag has the module's name.
type Key string
