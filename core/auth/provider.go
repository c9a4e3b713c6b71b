package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"

	"foyer/core/config"
	"foyer/sdk/oauthclient"
	"foyer/sdk/signing"
)

// signAlgos are the algorithms that tokens may be signed with.
var signAlgos = append(signing.Asymmetric(), "HS256", "HS384", "HS512")

// provider is the sign-in provider: its endpoints, found when first needed, and
// the calls to it.
type provider struct {
	cfg    config.OIDC
	who    oauthclient.Identity
	client *http.Client
	log    *slog.Logger
	fixed  *relying // set when the configuration has everything, else nil
	found  held[*relying]
}

// relying is what a sign-in needs once the endpoints are known.
type relying struct {
	metadata
	client   *oauthclient.Client
	keys     oidc.KeySet
	idToken  *oidc.IDTokenVerifier // signature, aud, exp; iss is checked by issuerOK
	userinfo *oidc.IDTokenVerifier // signature only
	logoutBy *oidc.IDTokenVerifier // signature, aud, exp; also RS256 and ES256
}

func newProvider(cfg config.OIDC, log *slog.Logger) (*provider, error) {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("oidc."+format, args...)) }
	if !slices.Contains(signAlgos, cfg.SignAlgo) {
		fault("sign_algo: %q is not one of %s", cfg.SignAlgo, strings.Join(signAlgos, ", "))
	}
	if cfg.UsePKCE && (cfg.PKCESize < 43 || cfg.PKCESize > 128) {
		fault("pkce_verifier_size: %d is not between 43 and 128", cfg.PKCESize)
	}
	if cfg.UsePKCE && cfg.PKCEMethod != "S256" && cfg.PKCEMethod != "plain" {
		fault("pkce_method: %q is neither S256 nor plain", cfg.PKCEMethod)
	}
	if !slices.Contains([]string{"AUTO", "JSON", "JWT"}, cfg.UserInfoForm) {
		fault("userinfo_format: %q is not AUTO, JSON or JWT", cfg.UserInfoForm)
	}
	who, err := cfg.Client()
	if err != nil {
		faults = append(faults, err)
	}
	client, err := newClient(cfg)
	if err != nil {
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	p := &provider{cfg: cfg, who: who, client: client, log: log}
	p.found = held[*relying]{fetch: p.discovered}
	p.advise()
	if m := p.configured(); p.complete(m) {
		if p.fixed, err = p.relyOn(m); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// advise logs, once at start, what an operator should know about the sign-in and
// has not been told by the configuration (which already said if there is no
// sign-in at all).
func (p *provider) advise() {
	if p.cfg.Issuer == "" && p.complete(p.configured()) {
		p.log.Warn("oidc.issuer is not set: id tokens are accepted from any issuer on the origin of the token or JWKS endpoint")
	}
	if !p.cfg.VerifyTLS {
		p.log.Warn("oidc.verify_tls is off: the provider's certificate is not checked")
	}
	for _, h := range p.cfg.ReturnHosts {
		if strings.Contains(h, "/") {
			p.log.Warn("an entry of oidc.return_hosts is not host[:port] and never matches", "entry", h)
		}
	}
}

func (p *provider) symmetric() bool { return strings.HasPrefix(p.cfg.SignAlgo, "HS") }

// get returns the relying party, discovering endpoints that are not known yet.
func (p *provider) get(ctx context.Context) (*relying, error) {
	switch {
	case p.fixed != nil:
		return p.fixed, nil
	case p.cfg.Issuer == "":
		return nil, errors.New("sign-in is not configured")
	}
	return p.found.get(ctx, forever)
}

func (p *provider) discovered(ctx context.Context) (*relying, error) {
	m, err := p.discover(ctx)
	if err != nil {
		return nil, err
	}
	return p.relyOn(m) //nolint:contextcheck // it outlives any request
}

func (p *provider) relyOn(m metadata) (*relying, error) {
	ways, err := p.ways(m)
	if err != nil {
		return nil, err
	}
	algorithms := signing.Names(p.cfg.SignAlgo)
	logout := algorithms
	if !p.symmetric() {
		logout = signing.Names(append(logout, "RS256", "ES256")...)
	}
	r := &relying{metadata: m, client: oauthclient.New(oauthclient.Options{
		Identity: p.who, Ways: ways, HTTP: p.client, Limit: maxAnswer,
	})}
	if p.symmetric() {
		r.keys = secretKey{p.cfg.ClientSecret, p.cfg.SignAlgo}
	} else {
		r.keys = newKeySet(p.client, m.JWKS, logout, p.log)
	}
	r.idToken = oidc.NewVerifier("", r.keys, &oidc.Config{
		ClientID: p.cfg.ClientID, SupportedSigningAlgs: algorithms, SkipIssuerCheck: true,
	})
	r.userinfo = oidc.NewVerifier("", r.keys, &oidc.Config{
		SupportedSigningAlgs: algorithms, SkipIssuerCheck: true, SkipClientIDCheck: true, SkipExpiryCheck: true,
	})
	r.logoutBy = oidc.NewVerifier("", r.keys, &oidc.Config{
		ClientID: p.cfg.ClientID, SupportedSigningAlgs: logout, SkipIssuerCheck: true,
	})
	return r, nil
}
