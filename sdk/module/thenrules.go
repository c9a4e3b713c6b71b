package module

import (
	"encoding/json"
	"strings"
)

// Check returns ErrInvalid if the writes, jobs and events of a module can never
// be stored, whatever is there. Hosts call it.
func (t Then) Check(moduleName string) error {
	switch {
	case len(t.Write) > commitWrites:
		return invalid("%d writes at once are more than %d", len(t.Write), commitWrites)
	case len(t.Jobs) > commitWrites || len(t.Emit) > commitWrites:
		return invalid("%d jobs and %d events at once: %d of each are the most", len(t.Jobs), len(t.Emit), commitWrites)
	}
	size, seen := 0, map[[2]string]bool{}
	for _, w := range t.Write {
		if err := w.Check(); err != nil {
			return err
		}
		place := [2]string{w.Collection, w.Key}
		if seen[place] {
			return invalid("%s/%s is written twice", w.Collection, w.Key)
		}
		seen[place] = true
		size += len(w.Value)
	}
	for _, e := range t.Emit {
		if err := e.check(moduleName); err != nil {
			return err
		}
		size += encoded(e.Body)
	}
	for _, j := range t.Jobs {
		size += encoded(j.Args)
	}
	if size > commitValues {
		return invalid("%d bytes of values, arguments and bodies at once are more than %d", size, commitValues)
	}
	return nil
}

// encoded is the size of what encodes to JSON; what does not is refused later.
func encoded(v any) int {
	text, err := json.Marshal(v)
	if err != nil {
		return 0
	}
	return len(text)
}

func (e Emission) check(moduleName string) error {
	if !strings.HasPrefix(e.Name, moduleName+"_") {
		return invalid("module %s emits %q: its events are named %s_…", moduleName, e.Name, moduleName)
	}
	if e.ID == "" {
		return invalid("event %s has no id", e.Name)
	}
	return nil
}
