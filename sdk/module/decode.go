package module

import (
	"strings"

	"foyer/sdk/conf"
)

// Decode strictly decodes text, the module's section as YAML, into the module.
// The error is conf.Faults: all faults, with paths that begin with "modules.".
func Decode(m Module, text []byte) error {
	return conf.Decode("", "modules."+m.Name(), text, m.Config())
}

// Validate asks the module's Validator, if it has one, about the decoded section.
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
