package httpx

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"foyer/sdk/module"
)

// Fit reports whether the groups can be served together: every route is well
// formed, and no two answer the same requests. The error names each fault and the
// owner of the routes.
func Fit(groups ...Group) error {
	m := newMounter(Options{})
	for _, g := range groups {
		for _, r := range g.Routes {
			m.add(g, r)
		}
	}
	return m.mount(newEngine()) // in the end only the router's own verdict counts
}

var (
	validMethod = regexp.MustCompile(`^[A-Z]+$`)
	// validSegment matches a path segment as the router sees it, after
	// unescaping.
	validSegment = regexp.MustCompile(`^([^:*/?#\x00-\x20\x7f]+|:[a-z][a-z0-9_]*)$`)
	validRest    = regexp.MustCompile(`^\*[a-z][a-z0-9_]*$`)
)

// wellFormed returns what is wrong with a route, nil for nothing.
func wellFormed(r module.Route) error {
	fault := func(format string, args ...any) error {
		return fmt.Errorf("route %s %q: %s", r.Method, r.Path, fmt.Sprintf(format, args...))
	}
	switch {
	case !validMethod.MatchString(r.Method):
		return fault("the method is not one of HTTP, in capital letters")
	case r.Handler == nil:
		return fault("it has no handler")
	case !strings.HasPrefix(r.Path, "/"):
		return fault("the path is not absolute")
	}
	if scope := r.Access.Rule().Scope; scope != "" && !module.ValidScope(scope) {
		return fault("no application can be granted the scope %q: it is in lower case, such as notes:read", scope)
	}
	segments := segmentsOf(r.Path)
	last := len(segments) - 1
	if !strings.HasSuffix(r.Path, "/") && (last < 0 || !validRest.MatchString(segments[last])) {
		return fault("the path does not end in a slash")
	}
	names := map[string]bool{}
	for i, segment := range segments {
		switch {
		case i == last && !strings.HasSuffix(r.Path, "/"): // *name, as found above
		case strings.HasPrefix(segment, "*"):
			return fault("%s takes all that follows: it comes last, without a slash", segment)
		case segment == "." || segment == ".." || !validSegment.MatchString(segment):
			return fault("%q is not a segment of a path", segment)
		}
		if isParameter(segment) {
			if names[segment[1:]] {
				return fault("two parameters are named %s", segment[1:])
			}
			names[segment[1:]] = true
		}
	}
	return nil
}

// segmentsOf returns the segments between the first slash and the last; "/" has
// none.
func segmentsOf(path string) []string {
	path = strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	if path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

func isParameter(segment string) bool {
	return segment != "" && (segment[0] == ':' || segment[0] == '*')
}

// clash says why two different paths cannot both be served, "" when they can.
func clash(a, b string) string {
	x, y := segmentsOf(a), segmentsOf(b)
	for i := range max(len(x), len(y)) {
		one, other := at(x, i), at(y, i)
		switch {
		case strings.HasPrefix(one, "*"):
			return fmt.Sprintf("%s takes all that is below /%s", one, strings.Join(x[:i], "/"))
		case strings.HasPrefix(other, "*"):
			return fmt.Sprintf("%s takes all that is below /%s", other, strings.Join(y[:i], "/"))
		case one == other:
		case isParameter(one) && isParameter(other):
			return fmt.Sprintf("the parameter %s is named %s there", one, other)
		default: // from here on they differ
			return ""
		}
	}
	return ""
}

func at(segments []string, i int) string {
	if i < len(segments) {
		return segments[i]
	}
	return ""
}

// add takes a route of the group, or records its fault.
func (m *mounter) add(g Group, r module.Route) {
	if err := wellFormed(r); err != nil {
		m.faults = append(m.faults, fmt.Errorf("%s: %w", g.owner(), err))
		return
	}
	if i := slices.IndexFunc(m.paths[r.Path], func(other mounted) bool { return other.Method == r.Method }); i >= 0 {
		m.faults = append(m.faults, fmt.Errorf("%s: route %s %s is one of %s already", g.owner(), r.Method, r.Path, m.paths[r.Path][i].owner))
		return
	}
	if m.paths[r.Path] == nil {
		for path, others := range m.paths {
			if why := clash(r.Path, path); why != "" {
				m.faults = append(m.faults, fmt.Errorf("%s: route %s %s clashes with %s of %s: %s", g.owner(), r.Method, r.Path, path, others[0].owner, why))
				return
			}
		}
	}
	m.paths[r.Path] = append(m.paths[r.Path], mounted{r, g.Flag, g.owner()})
}

// owner names the group's owner for people.
func (g Group) owner() string {
	if g.Owner == "" {
		return "the gateway"
	}
	return "module " + g.Owner
}

// recovered turns gin's panics into errors.
func recovered(do func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.Join(err, fmt.Errorf("mount routes: %v", p))
		}
	}()
	do()
	return nil
}
