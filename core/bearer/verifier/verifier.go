package verifier

import (
	"net/http"

	"foyer/core/bearer"
	"foyer/core/bearer/introspection"
	"foyer/core/bearer/origin"
)

// Verifier accepts tokens. It is safe for concurrent use, and must be closed.
type Verifier struct {
	// Own accepts the tokens issued here, All those of every kind, in the
	// contract's order (external-api.md 2.1).
	Own, All bearer.Chain
	// Origins keeps tokens of the provider that others are exchanged for; nil if
	// the provider cannot be asked.
	Origins *origin.Keeper

	provider *introspection.Client // nil = it cannot be asked
	open     func() bool           // nil = always
}

// New returns a verifier. It does not ask anybody yet.
func New(s Settings, to Services) (*Verifier, error) {
	v := &Verifier{}
	prefix := s.Provider.ScopesPrefix
	own := bearer.ApplicationOptions{Directory: to.Directory, ScopePrefix: prefix}
	provided := bearer.ResourceOptions{Accounts: to.Accounts, ScopePrefix: prefix}
	if s.Provider.Configured() {
		var err error
		if v.provider, err = introspection.New(introspection.Options{Config: s.Provider, Log: to.Log}); err != nil {
			return nil, err
		}
		v.Origins = &origin.Keeper{KV: to.KV, Provider: v.provider}
		own.Origins, provided.Introspector = v.Origins, v.provider
	}
	if s.Applications != nil {
		own.Rules = *s.Applications
		v.Own = bearer.Chain{bearer.NewApplication(own)}
	}
	v.All = append(v.All, v.Own...)
	if s.Addons != nil {
		v.All = append(v.All, bearer.NewAddons(bearer.AddonsOptions{Rules: *s.Addons, Directory: to.Directory, ScopePrefix: prefix}))
	}
	v.All = append(v.All, bearer.NewResource(provided))
	return v, nil
}

// Admit returns who a request's bearer token speaks for, if it has the scope. The
// error is sent as the answer: 401 with a challenge, or 403.
func (v *Verifier) Admit(r *http.Request, scope string) (bearer.Identity, error) {
	if v.open != nil && !v.open() {
		return bearer.Chain(nil).Admit(r, scope)
	}
	return v.All.Admit(r, scope)
}

// Close drops the connections to the provider.
func (v *Verifier) Close() {
	if v.provider != nil {
		v.provider.Close()
	}
}
