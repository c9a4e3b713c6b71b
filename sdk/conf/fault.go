package conf

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing wrong with a configuration.
type Fault struct {
	Origin string // file name, or the environment variable
	Line   int    // from 1, 0 = none
	Column int    // from 1, 0 = none
	Path   string // key, such as http.addr; "" = the document
	What   string // what is wrong; never shows a secret
}

// String is "origin:line: path: what".
func (f Fault) String() string {
	var b strings.Builder
	if f.Origin != "" {
		b.WriteString(f.Origin)
		if f.Line > 0 {
			fmt.Fprintf(&b, ":%d", f.Line)
		}
		b.WriteString(": ")
	}
	if f.Path != "" {
		b.WriteString(f.Path + ": ")
	}
	return b.String() + f.What
}

// Faults are all faults of a configuration, in reading order.
type Faults []Fault

// Error lists the faults, one per line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, x := range f {
		lines[i] = x.String()
	}
	return strings.Join(lines, "\n")
}

// Err is nil without faults.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// Sort puts the faults in the order of their lines, keeping origins together
// in the order they came.
func (f Faults) Sort() {
	first := map[string]int{}
	for i, x := range f {
		if _, ok := first[x.Origin]; !ok {
			first[x.Origin] = i
		}
	}
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(first[a.Origin], first[b.Origin]), cmp.Compare(a.Line, b.Line))
	})
}
