package verifier

import (
	"fmt"

	"foyer/sdk/module"
)

// Open returns the verifier of the issuer among the modules, with what its host
// provides: it accepts tokens while on says that the issuer is on. It accepts
// none if there is no issuer or the issuer cannot be configured; the error then
// says why, and the verifier is usable all the same.
func Open(modules []module.Module, host func(name string) module.Host, on func(name string) bool) (*Verifier, error) {
	none := &Verifier{}
	for _, m := range modules {
		issuer, ok := m.(Issuer)
		if !ok {
			continue
		}
		name := m.Name()
		v, err := issuer.Verifier(Of(host(name)))
		if err != nil {
			return none, fmt.Errorf("modules.%s: %w", name, err)
		}
		v.open = func() bool { return on(name) }
		return v, nil
	}
	return none, nil
}
