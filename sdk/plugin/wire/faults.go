package wire

import (
	"errors"

	"foyer/sdk/conf"
	"foyer/sdk/plugin/wire/modulev1"
)

// Faults puts the faults of a configuration on the wire; an error of another kind is
// one without a place.
func Faults(err error) []*modulev1.ConfigFault {
	if err == nil {
		return nil
	}
	faults, ok := errors.AsType[conf.Faults](err)
	if !ok {
		return []*modulev1.ConfigFault{{What: err.Error()}}
	}
	all := make([]*modulev1.ConfigFault, len(faults))
	for i, f := range faults {
		all[i] = &modulev1.ConfigFault{Line: int32(f.Line), Column: int32(f.Column), Path: f.Path, What: f.What}
	}
	return all
}

// faultsOf is the inverse of Faults: conf.Faults, or nil.
func faultsOf(all []*modulev1.ConfigFault) error {
	var faults conf.Faults
	for _, f := range all {
		faults = append(faults, conf.Fault{Line: int(f.GetLine()), Column: int(f.GetColumn()), Path: f.GetPath(), What: f.GetWhat()})
	}
	return faults.Err()
}
