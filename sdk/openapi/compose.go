package openapi

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// common holds definitions that every document may refer to.
//
//go:embed common.yaml
var common []byte

// compose makes one document from parts. Parts that cannot be read, or that
// describe what another part describes, are left out, because third-party modules
// bring parts too.
func compose(parts []Part) (whole object, faults []error) {
	for _, p := range append(slices.Clip(parts), Part{"common.yaml", common}) {
		part, err := parse(p.Text)
		if err == nil {
			part, err = merge(whole, part, "")
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", p.Name, err))
			continue
		}
		whole = part
	}
	return whole, faults
}

// merge adds b to a: mappings key by key down to paths.PATH and
// components.KIND, lists one after the other.
func merge(a, b object, at string) (object, error) {
	for _, item := range b {
		key := fmt.Sprint(item.Key)
		place := strings.TrimPrefix(at+" "+key, " ")
		switch old := a.get(key).(type) {
		case nil:
			a = a.with(key, item.Value)
		case yaml.MapSlice:
			added, ok := item.Value.(yaml.MapSlice)
			if !ok || strings.Count(place, " ") > 1 {
				return nil, fmt.Errorf("%s is described twice", place)
			}
			merged, err := merge(object(old), object(added), place)
			if err != nil {
				return nil, err
			}
			a = a.with(key, merged)
		case []any:
			added, ok := item.Value.([]any)
			if !ok {
				return nil, fmt.Errorf("%s is described twice", place)
			}
			a = a.with(key, append(slices.Clip(old), added...))
		default:
			return nil, fmt.Errorf("%s is described twice", place)
		}
	}
	return a, nil
}
