package config

import (
	"regexp"
	"slices"
	"strings"

	"foyer/sdk/address"
)

func (l *loader) validateOIDC() {
	o := l.config.OIDC
	urls := []struct{ key, value string }{
		{"issuer", o.Issuer}, {"authorization_endpoint", o.AuthURL}, {"token_endpoint", o.TokenURL},
		{"userinfo_endpoint", o.UserInfoURL}, {"jwks_endpoint", o.JWKSURL}, {"logout_endpoint", o.LogoutURL},
		{"par_endpoint", o.PushURL},
	}
	for _, u := range urls {
		form := address.Resource
		if u.key == "issuer" { // OpenID Connect Core 1.0, 1.2: no query
			form = address.Base
		}
		l.url("oidc."+u.key, u.value, form)
	}
	l.url("oidc.proxy", o.Proxy, address.Proxy)
	l.page("oidc.login_redirect_url", o.LoginURL)
	l.page("oidc.login_failure_url", o.FailureURL)
	l.page("oidc.logout_redirect_url", o.LogoutDoneURL)
	endpoints := urls[1:4]
	given := slices.ContainsFunc(endpoints, func(e struct{ key, value string }) bool { return e.value != "" })
	switch {
	case o.Issuer == "" && !given:
		l.warn("oidc.issuer", "not set: nobody can sign in")
		return
	case o.Issuer == "":
		l.warn("oidc.issuer", "not set: endpoints cannot be discovered, nor id tokens be bound to their issuer")
		for _, e := range endpoints {
			if e.value == "" {
				l.fault("oidc."+e.key, "is needed without oidc.issuer")
			}
		}
		if o.JWKSURL == "" && !strings.HasPrefix(o.SignAlgo, "HS") {
			l.fault("oidc.jwks_endpoint", "is needed for %s without oidc.issuer", o.SignAlgo)
		}
	}
	if strings.HasPrefix(o.SignAlgo, "HS") && o.ClientSecret.IsZero() {
		l.fault("oidc.client_secret", "is needed for %s", o.SignAlgo)
	}
	l.validateClient(&o)
	if o.ClientID == "" {
		l.fault("oidc.client_id", "must be given")
	}
	if !slices.Contains(strings.Fields(o.Scopes), "openid") {
		l.fault("oidc.scopes", "must hold openid")
	}
	if o.ReturnField == "" {
		l.fault("oidc.return_field", "must be given")
	}
	for _, h := range o.ReturnHosts {
		if strings.Contains(h, "://") {
			l.warn("oidc.return_hosts", "%q never matches: write the host without scheme", h)
		}
	}
	if o.UsePKCE && o.PKCEMethod == "plain" {
		l.warn("oidc.pkce_method", "plain protects less than S256")
	}
}

// validateClient checks what we authenticate as the client with.
func (l *loader) validateClient(o *OIDC) {
	who, err := o.Client()
	switch {
	case err != nil:
		l.fault("oidc.client_key", "%s", strings.TrimPrefix(err.Error(), "oidc.client_key: "))
	case o.ClientAuth != AutoAuth:
		if err := who.Possible(o.ClientAuth); err != nil {
			l.fault("oidc.client_auth", "%v", err)
		}
	}
}

func (l *loader) validateLiveKit() {
	k := &l.config.LiveKit
	l.url("livekit.url", k.URL, address.Media)
	l.url("livekit.internal_url", k.InternalURL, address.Media)
	switch {
	case k.APIKey == "" && k.APISecret.IsZero():
		l.warn("livekit.api_key", "not set: nobody can join a meeting")
	case k.APIKey == "":
		l.fault("livekit.api_key", "is needed with livekit.api_secret")
	case k.APISecret.IsZero():
		l.fault("livekit.api_secret", "is needed with livekit.api_key")
	case k.URL == "":
		l.fault("livekit.url", "is needed with livekit.api_key")
	}
	for i, w := range k.WebhookKeys {
		if w.Key == "" || w.Secret.IsZero() {
			l.fault("livekit.webhook_keys", "item %d: key and secret are both needed", i+1)
		}
	}
	if _, err := regexp.Compile(k.WebhookFilter); err != nil {
		l.warn("livekit.webhook_filter", "not used, for it is not a regular expression: %v", err)
		k.WebhookFilter = ""
	}
}
