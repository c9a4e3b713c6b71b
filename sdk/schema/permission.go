package schema

import (
	"encoding/json"
	"slices"

	"foyer/sdk/body"
)

// permissionModel is the name of the schema in messages.
const permissionModel = "ParticipantPermission"

// sourcesKey is the only permission that is a list.
const sourcesKey = "can_publish_sources"

var rightNames = []string{
	"can_subscribe", "can_publish", "can_publish_data", "can_update_metadata", "can_subscribe_metrics",
	"hidden", "recorder", "agent",
}

// Permission holds the rights that a request names (core-rest.md 8.2).
type Permission struct {
	Rights  map[string]bool // by name; null ones are not named
	Sources []string        // camera and so on; nil when not named
}

// Empty reports that no permission is named; nil names none.
func (p *Permission) Empty() bool { return p == nil || len(p.Rights) == 0 && p.Sources == nil }

// Names reports whether the request names a permission.
func (p *Permission) Names(name string) bool {
	_, ok := p.Rights[name]
	return ok || name == sourcesKey && p.Sources != nil
}

// ReadPermission checks the participant permission in a field of a request, an
// object or a text that holds one. It is nil if the field is absent or null, and
// if there are faults, which are recorded in o.
func ReadPermission(o *body.Object, name string) *Permission {
	if !o.Has(name) || o.IsNull(name) {
		return nil
	}
	raw := o.Raw(name)
	if text, ok := objectInText(raw); ok {
		raw = text
	}
	keys, values, ok := orderedObject(raw)
	if !ok {
		o.Fault(name, []fault{notAnObject(permissionModel, raw)})
		return nil
	}
	p, faults := readRights(values)
	if v, given := values[sourcesKey]; given {
		f := checkSourceList(sourcesKey, v)
		if len(f) == 0 && json.Unmarshal(v, &p.Sources) != nil {
			f = notAList(sourcesKey, v)
		}
		faults = append(faults, f...)
	}
	for _, k := range keys {
		if k != sourcesKey && !slices.Contains(rightNames, k) {
			faults = append(faults, unknownKey(k, values[k]))
		}
	}
	if len(faults) > 0 {
		o.Fault(name, faults)
		return nil
	}
	return p
}

func readRights(values map[string]json.RawMessage) (*Permission, []fault) {
	p := &Permission{Rights: map[string]bool{}}
	var faults []fault
	for _, name := range rightNames {
		v, given := values[name]
		if !given || body.TypeName(v) == "NoneType" {
			continue
		}
		if f := checkBool(name, v); len(f) > 0 {
			faults = append(faults, f...)
			continue
		}
		p.Rights[name], _ = body.Truth(v)
	}
	return p, faults
}
