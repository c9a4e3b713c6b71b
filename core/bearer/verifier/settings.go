package verifier

import (
	"log/slog"

	"foyer/core/bearer"
	"foyer/core/bearer/introspection"
	"foyer/core/bearer/origin"
	"foyer/sdk/module"
)

// Settings are what tokens are held against.
type Settings struct {
	Applications *bearer.Rules // of tokens that were issued here; nil = none is accepted
	Addons       *bearer.Rules // of add-ons' tokens; nil = none is accepted
	// Provider is the OIDC provider that is asked about its own tokens, once it
	// is configured. Its ScopesPrefix is cut from the scopes of all tokens.
	Provider introspection.Config
}

// Issuer is a module whose configuration says which tokens are accepted. While
// its flag is off none is.
type Issuer interface {
	module.Module
	// Verifier makes the verifier of the module's section, which was decoded. It is
	// the caller's to close, and the module's to use as long as both are in one
	// process. An error names the setting.
	Verifier(to Services) (*Verifier, error)
}

// Services are what a verifier asks.
type Services struct {
	Directory bearer.Directory
	Accounts  bearer.Accounts
	KV        origin.KV
	Log       *slog.Logger
}

// Of are those of the issuer's host.
func Of(h module.Host) Services {
	return Services{Directory: h.Applications(), Accounts: h.Accounts(), KV: h.KV(), Log: h.Log()}
}
