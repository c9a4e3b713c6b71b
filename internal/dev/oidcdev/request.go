package oidcdev

import (
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// authRequest is a login under way, as the library's op.AuthRequest.
type authRequest struct {
	*oidc.AuthRequest
	id       string
	sub, sid string
	done     bool
	at       time.Time
}

func (r *authRequest) finish(b browser) {
	r.sub, r.sid, r.done, r.at = b.sub, b.sid, true, time.Now()
}

// GetID and what follows are read by the library.
func (r *authRequest) GetID() string { return r.id }

// GetACR is not told.
func (r *authRequest) GetACR() string { return "" }

// GetAMR is not told.
func (r *authRequest) GetAMR() []string { return nil }

// GetAudience is the client.
func (r *authRequest) GetAudience() []string { return []string{r.ClientID} }

// GetAuthTime is when the user was picked.
func (r *authRequest) GetAuthTime() time.Time { return r.at }

// GetClientID is the client.
func (r *authRequest) GetClientID() string { return r.ClientID }

// GetCodeChallenge is nil without PKCE.
func (r *authRequest) GetCodeChallenge() *oidc.CodeChallenge {
	if r.CodeChallenge == "" {
		return nil
	}
	return &oidc.CodeChallenge{Challenge: r.CodeChallenge, Method: r.CodeChallengeMethod}
}

// GetNonce is the client's.
func (r *authRequest) GetNonce() string { return r.Nonce }

// GetRedirectURI is where the browser is sent back to.
func (r *authRequest) GetRedirectURI() string { return r.RedirectURI }

// GetResponseType is code.
func (r *authRequest) GetResponseType() oidc.ResponseType { return r.ResponseType }

// GetResponseMode is the client's.
func (r *authRequest) GetResponseMode() oidc.ResponseMode { return r.ResponseMode }

// GetScopes are the client's.
func (r *authRequest) GetScopes() []string { return r.Scopes }

// GetState is the client's.
func (r *authRequest) GetState() string { return r.State }

// GetSubject is the user, "" before one is picked.
func (r *authRequest) GetSubject() string { return r.sub }

// Done tells whether a user is picked.
func (r *authRequest) Done() bool { return r.done }
