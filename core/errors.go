package core

import "errors"

// ErrUnusable marks a start that cannot succeed as it is configured: a fault of
// the configuration, a port in use, a missing file. Nothing was left running.
var ErrUnusable = errors.New("the configuration cannot be used")
