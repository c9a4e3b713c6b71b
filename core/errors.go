package core

import "errors"

// ErrUnusable marks a start that cannot succeed with this configuration: an
// invalid setting, a port in use, a missing file. Nothing was left running.
var ErrUnusable = errors.New("the configuration cannot be used")
