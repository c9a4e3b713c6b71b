package oidcdev

import (
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

// authRequest is a login under way; it implements the library's op.AuthRequest.
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

func (r *authRequest) GetID() string { return r.id }

func (r *authRequest) GetACR() string { return "" }

func (r *authRequest) GetAMR() []string { return nil }

func (r *authRequest) GetAudience() []string { return []string{r.ClientID} }

// GetAuthTime is when the user was picked.
func (r *authRequest) GetAuthTime() time.Time { return r.at }

func (r *authRequest) GetClientID() string { return r.ClientID }

func (r *authRequest) GetCodeChallenge() *oidc.CodeChallenge {
	if r.CodeChallenge == "" {
		return nil
	}
	return &oidc.CodeChallenge{Challenge: r.CodeChallenge, Method: r.CodeChallengeMethod}
}

func (r *authRequest) GetNonce() string { return r.Nonce }

func (r *authRequest) GetRedirectURI() string { return r.RedirectURI }

func (r *authRequest) GetResponseType() oidc.ResponseType { return r.ResponseType }

func (r *authRequest) GetResponseMode() oidc.ResponseMode { return r.ResponseMode }

func (r *authRequest) GetScopes() []string { return r.Scopes }

func (r *authRequest) GetState() string { return r.State }

// GetSubject is the user, "" until one is picked.
func (r *authRequest) GetSubject() string { return r.sub }

// Done reports whether a user has been picked.
func (r *authRequest) Done() bool { return r.done }
