package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"foyer/core/config"
)

// signAlgos are the algorithms that tokens may be signed with.
var signAlgos = []string{
	"RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA",
	"HS256", "HS384", "HS512",
}

// provider is the sign-in provider: its endpoints, found at the first need, and
// the calls to it.
type provider struct {
	cfg     config.OIDC
	client  *http.Client
	log     *slog.Logger
	finding singleflight.Group
	found   atomic.Pointer[relying]
}

// endpoints are the provider's URLs.
type endpoints struct{ auth, token, userInfo, jwks, logout string }

// relying is what a sign-in needs, once the endpoints are known.
type relying struct {
	endpoints
	oauth    oauth2.Config
	keys     oidc.KeySet
	idToken  *oidc.IDTokenVerifier // signature, aud, exp; iss is checked by issuerOK
	userinfo *oidc.IDTokenVerifier // signature only
	logoutBy *oidc.IDTokenVerifier // signature, aud, exp, with RS256 and ES256 besides
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
	client, err := newClient(cfg)
	if err != nil {
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	p := &provider{cfg: cfg, client: client, log: log}
	p.advise()
	if e := p.configured(); p.complete(e) {
		p.found.Store(p.relyOn(e))
	}
	return p, nil
}

// advise logs, once at start, what an operator should know and the
// configuration has not told: that there is no sign-in at all, it has.
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

func (p *provider) configured() endpoints {
	return endpoints{p.cfg.AuthURL, p.cfg.TokenURL, p.cfg.UserInfoURL, p.cfg.JWKSURL, p.cfg.LogoutURL}
}

func (p *provider) complete(e endpoints) bool {
	return e.auth != "" && e.token != "" && e.userInfo != "" && (e.jwks != "" || p.symmetric())
}

func (p *provider) symmetric() bool { return strings.HasPrefix(p.cfg.SignAlgo, "HS") }

// get returns the relying party, discovering endpoints when they are not known
// yet. Callers at the same time share one discovery; a failure is not kept.
func (p *provider) get(ctx context.Context) (*relying, error) {
	if r := p.found.Load(); r != nil {
		return r, nil
	}
	if p.cfg.Issuer == "" {
		return nil, errors.New("sign-in is not configured")
	}
	answer := p.finding.DoChan("", func() (any, error) {
		// Not of one request: others wait for it. The client limits its time.
		e, err := p.discover(context.WithoutCancel(ctx))
		if err != nil {
			return nil, err
		}
		r := p.relyOn(e) //nolint:contextcheck // lives longer than any request
		p.found.Store(r)
		return r, nil
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case a := <-answer:
		if a.Err != nil {
			return nil, a.Err
		}
		r, _ := a.Val.(*relying)
		return r, nil
	}
}

// discover reads the provider's metadata; configured endpoints win.
func (p *provider) discover(ctx context.Context) (endpoints, error) {
	op, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), p.cfg.Issuer)
	if err != nil {
		return endpoints{}, fmt.Errorf("discover %s: %w", p.cfg.Issuer, err)
	}
	var more struct {
		UserInfo string `json:"userinfo_endpoint"`
		JWKS     string `json:"jwks_uri"`
		Logout   string `json:"end_session_endpoint"`
	}
	if err := op.Claims(&more); err != nil {
		return endpoints{}, fmt.Errorf("read the metadata of %s: %w", p.cfg.Issuer, err)
	}
	pick := func(configured, discovered string) string {
		if configured != "" {
			return configured
		}
		return discovered
	}
	e, found := p.configured(), op.Endpoint()
	e.auth, e.token = pick(e.auth, found.AuthURL), pick(e.token, found.TokenURL)
	e.userInfo, e.jwks = pick(e.userInfo, more.UserInfo), pick(e.jwks, more.JWKS)
	e.logout = pick(e.logout, more.Logout)
	if !p.complete(e) {
		return endpoints{}, fmt.Errorf("the metadata of %s lacks an endpoint", p.cfg.Issuer)
	}
	return e, nil
}

func (p *provider) relyOn(e endpoints) *relying {
	r := &relying{endpoints: e, oauth: oauth2.Config{
		ClientID: p.cfg.ClientID, ClientSecret: p.cfg.ClientSecret.Reveal(),
		Endpoint: oauth2.Endpoint{AuthURL: e.auth, TokenURL: e.token, AuthStyle: oauth2.AuthStyleInParams},
	}}
	// The key set is cached, and read again when a token names an unknown key.
	remote := oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), p.client), e.jwks)
	r.keys = remote
	if p.symmetric() {
		r.keys = secretKey{p.cfg.ClientSecret, p.cfg.SignAlgo}
	}
	algos := []string{p.cfg.SignAlgo}
	r.idToken = oidc.NewVerifier("", r.keys, &oidc.Config{
		ClientID: p.cfg.ClientID, SupportedSigningAlgs: algos, SkipIssuerCheck: true,
	})
	r.userinfo = oidc.NewVerifier("", r.keys, &oidc.Config{
		SupportedSigningAlgs: algos, SkipIssuerCheck: true, SkipClientIDCheck: true, SkipExpiryCheck: true,
	})
	logoutAlgos := algos
	if !p.symmetric() {
		logoutAlgos = []string{"RS256", "ES256"}
		if !slices.Contains(logoutAlgos, p.cfg.SignAlgo) {
			logoutAlgos = append(logoutAlgos, p.cfg.SignAlgo)
		}
	}
	r.logoutBy = oidc.NewVerifier("", r.keys, &oidc.Config{
		ClientID: p.cfg.ClientID, SupportedSigningAlgs: logoutAlgos, SkipIssuerCheck: true,
	})
	return r
}
