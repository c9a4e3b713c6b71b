package main

import (
	"errors"
	"fmt"
	"strings"
)

// contractFile lists what both sides have agreed on.
const contractFile = "contract.txt"

// contract is one line for each method, argument, result and field.
func (h *host) contract() string {
	var b strings.Builder
	b.WriteString("# What modules and gateways of different ages agree on, one line each. Written by hostgen,\n" +
		"# which adds lines and refuses to take one away.\n")
	for _, s := range h.granted() {
		for _, m := range s.methods {
			fmt.Fprintf(&b, "%s.%s\n", s.name, m.name)
			for _, v := range m.args {
				fmt.Fprintf(&b, "%s.%s takes %s: %s\n", s.name, m.name, v.name, v.shape)
			}
			for _, v := range m.results {
				fmt.Fprintf(&b, "%s.%s gives %s: %s\n", s.name, m.name, v.name, v.shape)
			}
		}
	}
	for _, r := range h.records {
		for _, f := range r.fields {
			fmt.Fprintf(&b, "%s has %s: %s\n", r.name, f.name, f.shape)
		}
	}
	return b.String()
}

// onlyAdds refuses to lose a line.
func onlyAdds(agreed, now string) error {
	there := map[string]bool{}
	for line := range strings.Lines(now) {
		there[line] = true
	}
	var gone []error
	for line := range strings.Lines(agreed) {
		if !there[line] && !strings.HasPrefix(line, "#") {
			gone = append(gone, fmt.Errorf("%q is gone or has changed: modules that were built before rely on it. "+
				"Add another name instead, or take the line out of %s yourself", strings.TrimSpace(line), contractFile))
		}
	}
	return errors.Join(gone...)
}
