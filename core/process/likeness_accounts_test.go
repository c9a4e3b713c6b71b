package process_test

import (
	"fmt"

	"foyer/sdk/module"
)

func (w *twins) account() {
	sub, email, verb := pick(w, "x", "y", "X", "", "a\x00", "\xff"), pick(w, "a@example.org", "A@Example.org", "b@example.org", "no", "", "\xff"), w.IntN(4)
	w.both("account", func(_ int, h module.Host) string {
		var a module.Account
		var list []module.Account
		var err error
		switch people := h.Accounts(); verb {
		case 0:
			a, err = people.CreateWithSub(w.Context(), sub)
		case 1:
			a, err = people.CreateProvisional(w.Context(), email)
		case 2:
			a, err = people.BySub(w.Context(), sub)
		case 3:
			list, err = people.ByEmail(w.Context(), email)
		}
		return fmt.Sprint(verb, a.Sub, a.Email, a.Language, a.Timezone, a.Active, len(list), kindOf(err))
	})
}
