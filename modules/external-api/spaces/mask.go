package spaces

import (
	"slices"
	"strings"
)

// selected are the paths of settings that an update mask names: whole groups,
// "*", and the spellings of both of the API's languages. nil without a mask.
func selected(mask string) ([]string, error) {
	if mask == "" {
		return nil, nil
	}
	paths := []string{}
	for text := range strings.SplitSeq(mask, ",") {
		path := camel(strings.TrimSpace(text))
		before := len(paths)
		for _, s := range settings {
			if path == "*" || path == s.path || strings.HasPrefix(s.path, path+".") {
				paths = append(paths, s.path)
			}
		}
		if len(paths) == before {
			return nil, invalid("updateMask", "names "+strings.TrimSpace(text)+", which is not a field that can be changed")
		}
	}
	return paths, nil
}

// camel spells access_type as accessType.
func camel(path string) string {
	var b strings.Builder
	up := false
	for _, r := range path {
		switch {
		case r == '_':
			up = true
		case up:
			b.WriteString(strings.ToUpper(string(r)))
			up = false
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// merge gives the settings that a change asks for: what is given, or, of what a
// mask names, also what is not, which gets its default.
func merge(now, given, fallback values, mask []string) values {
	want := values{}
	for path, value := range now {
		want[path] = value
	}
	for path, value := range given {
		if mask == nil || slices.Contains(mask, path) {
			want[path] = value
		}
	}
	for _, path := range mask {
		if _, ok := given[path]; !ok {
			want[path] = fallback[path]
		}
	}
	return want
}
