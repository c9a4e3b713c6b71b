package spaces

import (
	"slices"
	"strings"
)

// selected returns the paths of the settings that an update mask names. The mask may
// hold whole groups, "*", and names in either of the API's spellings. nil without a
// mask.
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

// camel turns access_type into accessType.
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

// merge returns the settings that a change asks for: those given and, for settings that
// a mask names without a value, their defaults.
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
