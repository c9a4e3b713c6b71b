package config

import (
	"time"

	"foyer/core/module/conf"
)

// OIDC is the sign-in through an OpenID Connect provider (core-rest.md 3,
// settings.md 2.4). Legacy names are OIDC_… unless said.
type OIDC struct {
	Issuer        string         // issuer (OIDC_OP_URL); with it alone the endpoints are discovered
	AuthURL       string         // authorization_endpoint (OIDC_OP_AUTHORIZATION_ENDPOINT)
	TokenURL      string         // token_endpoint (OIDC_OP_TOKEN_ENDPOINT)
	UserInfoURL   string         // userinfo_endpoint (OIDC_OP_USER_ENDPOINT)
	JWKSURL       string         // jwks_endpoint (OIDC_OP_JWKS_ENDPOINT)
	LogoutURL     string         // logout_endpoint (OIDC_OP_LOGOUT_ENDPOINT), "" = local logout
	ClientID      string         // client_id (OIDC_RP_CLIENT_ID), "meet"
	ClientSecret  conf.Secret    // client_secret (OIDC_RP_CLIENT_SECRET)
	SignAlgo      string         // sign_algo (OIDC_RP_SIGN_ALGO), RS256
	Scopes        string         // scopes (OIDC_RP_SCOPES), "openid email"
	UserInfoForm  string         // userinfo_format (OIDC_OP_USER_ENDPOINT_FORMAT): AUTO, JSON, JWT
	AuthParams    map[string]any // auth_params (OIDC_AUTH_REQUEST_EXTRA_PARAMS)
	UseNonce      bool           // use_nonce (OIDC_USE_NONCE), true
	UsePKCE       bool           // use_pkce (OIDC_USE_PKCE), true here, false upstream: every provider accepts it
	PKCEMethod    string         // pkce_method (OIDC_PKCE_CODE_CHALLENGE_METHOD): S256, plain
	PKCESize      int            // pkce_verifier_size (OIDC_PKCE_CODE_VERIFIER_SIZE), 64, 43 to 128
	CreateUser    bool           // create_user (OIDC_CREATE_USER), true
	EmailFallback bool           // email_fallback (OIDC_FALLBACK_TO_EMAIL_FOR_IDENTIFICATION)
	SubImmutable  bool           // sub_immutable (OIDC_USER_SUB_FIELD_IMMUTABLE), true
	FullName      []string       // full_name_claims (OIDC_USERINFO_FULLNAME_FIELDS), given_name, usual_name
	ShortName     string         // short_name_claim (OIDC_USERINFO_SHORTNAME_FIELD), given_name
	Essential     []string       // essential_claims (OIDC_USERINFO_ESSENTIAL_CLAIMS)
	StoreIDToken  bool           // store_id_token (OIDC_STORE_ID_TOKEN), true
	ReturnField   string         // return_field (OIDC_REDIRECT_FIELD_NAME), returnTo
	ReturnHosts   []string       // return_hosts (OIDC_REDIRECT_ALLOWED_HOSTS)
	ReturnHTTPS   bool           // return_require_https (OIDC_REDIRECT_REQUIRE_HTTPS)
	LoginURL      string         // login_redirect_url (LOGIN_REDIRECT_URL), "/"
	FailureURL    string         // login_failure_url (LOGIN_REDIRECT_URL_FAILURE), "/"
	LogoutDoneURL string         // logout_redirect_url (LOGOUT_REDIRECT_URL), "/"
	LogoutByGET   bool           // logout_by_get (ALLOW_LOGOUT_GET_METHOD), true
	VerifyTLS     bool           // verify_tls (OIDC_VERIFY_SSL), true
	Timeout       time.Duration  // timeout (OIDC_TIMEOUT, seconds), 5s
	Proxy         string         // proxy (OIDC_PROXY)
}

// Session is the browser session (core-rest.md 1.9).
type Session struct {
	CookieName string        // cookie_name, "sessionid"
	Lifetime   time.Duration // lifetime (SESSION_COOKIE_AGE, seconds), 12h; not sliding
}
