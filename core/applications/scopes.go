package applications

import (
	"regexp"
	"slices"
	"strings"

	"foyer/core/bearer"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// Scopes are those of the external API.
func Scopes() []string {
	return []string{
		bearer.RoomsCreate, bearer.RoomsList, bearer.RoomsRetrieve, bearer.RoomsUpdate, bearer.RoomsDelete, bearer.RoomsListAll,
	}
}

// ScopesOf are those of the external API and, after them, what else the modules'
// routes ask for.
func ScopesOf(modules []module.Module) []string {
	all := Scopes()
	for _, m := range modules {
		for _, r := range m.Routes() {
			if scope := r.Access.Rule().Scope; scope != "" {
				all = add(all, scope)
			}
		}
	}
	return all
}

// scopeForm is that of scopes of modules that are not in this program: what they
// are about, such as the module, and what is done with it.
var scopeForm = regexp.MustCompile(`^[a-z0-9_]{1,40}(:[a-z0-9_.-]{1,40}){1,3}$`)

// grantable tells whether a scope is known, or can be one of a module that is not
// in this program. One about what is known here has to be known itself, and so has
// one that is most likely meant to be.
func (r Rules) grantable(scope string) bool {
	if slices.Contains(r.Scopes, scope) {
		return true
	}
	var known []string
	for _, s := range r.Scopes {
		known = add(known, topic(s))
	}
	about := topic(scope)
	return !slices.Contains(known, about) && conf.Nearest(about, known) == "" && scopeForm.MatchString(scope)
}

func topic(scope string) string {
	about, _, _ := strings.Cut(scope, ":")
	return about
}
