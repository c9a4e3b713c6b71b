package verifier

import (
	"log/slog"

	"foyer/core/bearer"
	"foyer/core/bearer/introspection"
	"foyer/core/bearer/origin"
	"foyer/sdk/module"
)

// Settings are what tokens are checked against.
type Settings struct {
	Applications *bearer.Rules // for tokens issued here; nil = none is accepted
	Addons       *bearer.Rules // for add-ons' tokens; nil = none is accepted
	// Provider is the OIDC provider to ask about its own tokens, if it is
	// configured. Its ScopesPrefix is cut from the scopes of all tokens.
	Provider introspection.Config
}

// Issuer is a module whose configuration determines which tokens are accepted.
// While its flag is off, none are.
type Issuer interface {
	module.Module
	// Verifier returns the verifier for the module's section, once that is
	// decoded. The caller must close it; the module may use it as long as both
	// are in one process. An error names the setting.
	Verifier(to Services) (*Verifier, error)
}

// Services are what a verifier depends on.
type Services struct {
	Directory bearer.Directory
	Accounts  bearer.Accounts
	KV        origin.KV
	Log       *slog.Logger
}

// Of returns those of the issuer's host.
func Of(h module.Host) Services {
	return Services{Directory: h.Applications(), Accounts: h.Accounts(), KV: h.KV(), Log: h.Log()}
}
