package applications

import (
	"slices"
	"strings"

	"foyer/core/bearer"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// Scopes returns the scopes of the external API.
func Scopes() []string {
	return []string{
		bearer.RoomsCreate, bearer.RoomsList, bearer.RoomsRetrieve, bearer.RoomsUpdate, bearer.RoomsDelete, bearer.RoomsListAll,
	}
}

// ScopesOf returns the scopes of the external API, followed by the others that
// the modules' routes require.
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

// grantable reports whether a scope is known, or can belong to a module that is
// not in this program. One about something known here must itself be known, and
// so must one that was most likely meant to be, unless it is said to be a third party's.
func (r Rules) grantable(scope string, thirdParty bool) bool {
	if slices.Contains(r.Scopes, scope) {
		return true
	}
	var known []string
	for _, s := range r.Scopes {
		known = add(known, topic(s))
	}
	about := topic(scope)
	likeKnown := !thirdParty && conf.Nearest(about, known) != ""
	return !slices.Contains(known, about) && !likeKnown && module.ValidScope(scope)
}

func topic(scope string) string {
	about, _, _ := strings.Cut(scope, ":")
	return about
}
