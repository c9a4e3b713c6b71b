package module

import (
	"strings"

	"foyer/sdk/conf"
)

// Decode decodes text, the module's section as YAML, strictly into the module.
// The error is conf.Faults: every fault, with paths that begin with "modules.".
func Decode(m Module, text []byte) error {
	return conf.Decode("", "modules."+m.Name(), text, m.Config())
}

// Validate asks the module's Validator, if it is one, about what was decoded.
// The error is conf.Faults.
func Validate(m Module) error {
	v, ok := m.(Validator)
	if !ok {
		return nil
	}
	err := v.Validate()
	if err == nil {
		return nil
	}
	var faults conf.Faults
	for _, line := range strings.Split(err.Error(), "\n") { // errors.Join puts one on a line
		faults = append(faults, conf.Fault{Path: "modules." + m.Name(), What: line})
	}
	return faults
}
