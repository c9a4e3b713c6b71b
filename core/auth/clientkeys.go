package auth

import (
	"net/http"

	jose "github.com/go-jose/go-jose/v4"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// clientKeysPath is where the provider finds our public signing keys.
const clientKeysPath = "/api/v1.0/oidc/jwks/"

// clientKeyRoutes serves the keys, if there are any.
func (a *Auth) clientKeyRoutes() []module.Route {
	if len(a.provider.who.Keys) == 0 {
		return nil
	}
	return []module.Route{{Method: http.MethodGet, Path: clientKeysPath, Access: module.Public, AnyType: true, Handler: http.HandlerFunc(a.clientKeys)}}
}

// clientKeys answers with the public halves. alg is left out: the provider says
// which of a key's algorithms it wants.
func (a *Auth) clientKeys(w http.ResponseWriter, r *http.Request) {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, k := range a.provider.who.Keys {
		set.Keys = append(set.Keys, k.JWK(""))
	}
	reply.JSON(w, r, http.StatusOK, set)
}
