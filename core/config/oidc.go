package config

import (
	"fmt"
	"time"

	"foyer/core/legacy/variables"

	"foyer/sdk/conf"
	"foyer/sdk/oauthclient"
	"foyer/sdk/signing"
)

// OIDC configures sign-in through an OpenID Connect provider (core-rest.md 3,
// settings.md 2.4).
type OIDC struct {
	Issuer        string         // issuer; alone it is enough to discover the endpoints
	AuthURL       string         // authorization_endpoint
	TokenURL      string         // token_endpoint
	UserInfoURL   string         // userinfo_endpoint
	JWKSURL       string         // jwks_endpoint
	LogoutURL     string         // logout_endpoint, "" = local logout
	PushURL       string         // par_endpoint, "" = only where the provider requires it
	ClientID      string         // client_id
	ClientSecret  conf.Secret    // client_secret
	ClientKey     conf.Secret    // client_key, PEM
	ClientAuth    string         // client_auth: one of oauthclient.Methods, or AutoAuth
	SignAlgo      string         // sign_algo of id tokens
	Scopes        string         // scopes, space separated
	UserInfoForm  string         // userinfo_format: AUTO, JSON, JWT
	AuthParams    map[string]any // auth_params added to the authorization request
	UseNonce      bool           // use_nonce
	UsePKCE       bool           // use_pkce; true here, false upstream: every provider accepts it
	PKCEMethod    string         // pkce_method: S256, plain
	PKCESize      int            // pkce_verifier_size, 43 to 128
	CreateUser    bool           // create_user
	EmailFallback bool           // email_fallback
	SubImmutable  bool           // sub_immutable
	FullName      []string       // full_name_claims
	ShortName     string         // short_name_claim
	Essential     []string       // essential_claims
	StoreIDToken  bool           // store_id_token
	ReturnField   string         // return_field
	ReturnHosts   []string       // return_hosts
	ReturnHTTPS   bool           // return_require_https
	LoginURL      string         // login_redirect_url
	FailureURL    string         // login_failure_url
	LogoutDoneURL string         // logout_redirect_url
	LogoutByGET   bool           // logout_by_get
	VerifyTLS     bool           // verify_tls
	Timeout       time.Duration  // timeout of a call to the provider
	Proxy         string         // proxy URL, "" = none
}

func defaultOIDC() OIDC {
	return OIDC{
		ClientID:      "meet",
		ClientAuth:    AutoAuth,
		SignAlgo:      "RS256",
		Scopes:        "openid email",
		UserInfoForm:  "AUTO",
		UseNonce:      true,
		UsePKCE:       true,
		PKCEMethod:    "S256",
		PKCESize:      64,
		CreateUser:    true,
		SubImmutable:  true,
		FullName:      []string{"given_name", "usual_name"},
		ShortName:     "given_name",
		StoreIDToken:  true,
		ReturnField:   "returnTo",
		LoginURL:      "/",
		FailureURL:    "/",
		LogoutDoneURL: "/",
		LogoutByGET:   true,
		VerifyTLS:     true,
		Timeout:       5 * time.Second,
	}
}

// signAlgorithms are those that id tokens may be signed with.
var signAlgorithms = append(signing.Asymmetric(), "HS256", "HS384", "HS512")

// AutoAuth lets the provider decide how we authenticate as the client.
const AutoAuth = "auto"

// Client is who we are at the provider.
func (o *OIDC) Client() (oauthclient.Identity, error) {
	who := oauthclient.Identity{ID: o.ClientID, Secret: o.ClientSecret}
	if o.ClientKey.IsZero() {
		return who, nil
	}
	var err error
	if who.Keys, err = signing.ReadPrivate(o.ClientKey.Reveal()); err != nil {
		return who, fmt.Errorf("oidc.client_key: %w", err)
	}
	return who, nil
}

func (o *OIDC) Fields(f *conf.Fields) {
	o.provider(f)
	o.request(f)
	o.accounts(f)
	o.redirects(f)
}

func (o *OIDC) provider(f *conf.Fields) {
	f.String("issuer", &o.Issuer, "The provider's issuer; endpoints that are not given are discovered from it.").Legacy("OIDC_OP_URL")
	f.String("authorization_endpoint", &o.AuthURL, "Where browsers are sent to sign in.").Legacy("OIDC_OP_AUTHORIZATION_ENDPOINT")
	f.String("token_endpoint", &o.TokenURL, "Where codes are exchanged.").Legacy("OIDC_OP_TOKEN_ENDPOINT")
	f.String("userinfo_endpoint", &o.UserInfoURL, "Where claims are read.").Legacy("OIDC_OP_USER_ENDPOINT")
	f.String("jwks_endpoint", &o.JWKSURL, "Keys that sign id tokens.").Legacy("OIDC_OP_JWKS_ENDPOINT")
	f.String("logout_endpoint", &o.LogoutURL, "Where browsers are sent to sign out; \"\" = local logout only.").Legacy("OIDC_OP_LOGOUT_ENDPOINT")
	f.String("par_endpoint", &o.PushURL, "Where authorization requests are pushed (RFC 9126); discovered, and used, when the provider requires it.")
	f.String("client_id", &o.ClientID, "Our client id.").Legacy("OIDC_RP_CLIENT_ID")
	f.Secret("client_secret", &o.ClientSecret, "Our client secret.").Legacy("OIDC_RP_CLIENT_SECRET")
	f.Secret("client_key", &o.ClientKey, "PEM private keys for private_key_jwt: the first one signs, all are published at /api/v1.0/oidc/jwks/.")
	f.String("client_auth", &o.ClientAuth, "How we prove to be the client; auto = as the provider's metadata tells, the secret in the body where all endpoints are configured.").
		OneOf(append([]string{AutoAuth}, oauthclient.Methods()...)...)
	f.String("sign_algo", &o.SignAlgo, "Algorithm that signs id tokens; HS* uses the client secret.").
		Legacy("OIDC_RP_SIGN_ALGO").OneOf(signAlgorithms...)
	f.String("userinfo_format", &o.UserInfoForm, "Form of the userinfo answer.").
		Legacy("OIDC_OP_USER_ENDPOINT_FORMAT").OneOf("AUTO", "JSON", "JWT")
	f.Bool("verify_tls", &o.VerifyTLS, "Check the provider's certificate.").Legacy("OIDC_VERIFY_SSL")
	f.Duration("timeout", &o.Timeout, "Time for one call to the provider.").Legacy("OIDC_TIMEOUT").AtLeast(int64(100 * time.Millisecond))
	f.String("proxy", &o.Proxy, "Proxy for calls to the provider, \"\" = none.").Legacy("OIDC_PROXY")
}

func (o *OIDC) request(f *conf.Fields) {
	f.String("scopes", &o.Scopes, "Scopes asked for, separated by spaces.").Legacy("OIDC_RP_SCOPES")
	f.Map("auth_params", &o.AuthParams, "Parameters added to the authorization request.").LegacyAs(variables.Mapping, "OIDC_AUTH_REQUEST_EXTRA_PARAMS")
	f.Bool("use_nonce", &o.UseNonce, "Send and check a nonce.").Legacy("OIDC_USE_NONCE")
	f.Bool("use_pkce", &o.UsePKCE, "Send a PKCE challenge.").Legacy("OIDC_USE_PKCE")
	f.String("pkce_method", &o.PKCEMethod, "PKCE challenge method.").
		Legacy("OIDC_PKCE_CODE_CHALLENGE_METHOD").OneOf("S256", "plain")
	f.Int("pkce_verifier_size", &o.PKCESize, "Characters of the PKCE verifier.").
		Legacy("OIDC_PKCE_CODE_VERIFIER_SIZE").AtLeast(43).AtMost(128)
}

func (o *OIDC) accounts(f *conf.Fields) {
	f.Bool("create_user", &o.CreateUser, "Create accounts of users who are not known.").Legacy("OIDC_CREATE_USER")
	f.Bool("email_fallback", &o.EmailFallback, "Find accounts by e-mail when the sub is not known.").Legacy("OIDC_FALLBACK_TO_EMAIL_FOR_IDENTIFICATION")
	f.Bool("sub_immutable", &o.SubImmutable, "Never replace a stored sub.").Legacy("OIDC_USER_SUB_FIELD_IMMUTABLE")
	f.List("full_name_claims", &o.FullName, "Claims that make the full name.").Legacy("OIDC_USERINFO_FULLNAME_FIELDS")
	f.String("short_name_claim", &o.ShortName, "Claim of the short name.").Legacy("OIDC_USERINFO_SHORTNAME_FIELD")
	f.List("essential_claims", &o.Essential, "Claims without which nobody signs in, besides sub.").Legacy("OIDC_USERINFO_ESSENTIAL_CLAIMS")
	f.Bool("store_id_token", &o.StoreIDToken, "Keep the id token in the session, for logout.").Legacy("OIDC_STORE_ID_TOKEN")
}

func (o *OIDC) redirects(f *conf.Fields) {
	f.String("return_field", &o.ReturnField, "Query parameter with the page to return to.").Legacy("OIDC_REDIRECT_FIELD_NAME")
	f.List("return_hosts", &o.ReturnHosts, "Hosts to return to besides the request's own, without scheme.").Legacy("OIDC_REDIRECT_ALLOWED_HOSTS")
	f.Bool("return_require_https", &o.ReturnHTTPS, "Return to https pages only.").Legacy("OIDC_REDIRECT_REQUIRE_HTTPS")
	f.String("login_redirect_url", &o.LoginURL, "Page after a login that asked for none.").Legacy("LOGIN_REDIRECT_URL")
	f.String("login_failure_url", &o.FailureURL, "Page after a failed login.").Legacy("LOGIN_REDIRECT_URL_FAILURE")
	f.String("logout_redirect_url", &o.LogoutDoneURL, "Page after a logout.").Legacy("LOGOUT_REDIRECT_URL")
	f.Bool("logout_by_get", &o.LogoutByGET, "Allow logout by GET.").Legacy("ALLOW_LOGOUT_GET_METHOD")
}

// Session is the browser session (core-rest.md 1.9).
type Session struct {
	CookieName string        // cookie_name
	Lifetime   time.Duration // lifetime from login; not sliding
}

func defaultSession() Session { return Session{CookieName: "sessionid", Lifetime: 12 * time.Hour} }

func (s *Session) Fields(f *conf.Fields) {
	f.String("cookie_name", &s.CookieName, "Name of the session cookie.")
	f.Duration("lifetime", &s.Lifetime, "How long a session lives from login on.").
		Legacy("SESSION_COOKIE_AGE").AtLeast(int64(time.Second))
}
