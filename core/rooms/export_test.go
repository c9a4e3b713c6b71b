package rooms

import "foyer/core/module/body"

// CheckConfiguration reads a configuration as handlers do.
func CheckConfiguration(text string) (faults []any, kept []byte) {
	o, err := body.Parse([]byte(`{"configuration":` + text + `}`))
	if err != nil {
		return []any{err.Error()}, nil
	}
	kept = readConfiguration(o, "configuration")
	if err := o.Err(); err != nil {
		return []any{err.Error()}, nil
	}
	return nil, kept
}
