package bearer

import (
	"net/http"

	"foyer/sdk/reply"
)

// Texts of refused tokens (external-api.md 2.1, 3.1).
const (
	msgNoCredentials  = "Authentication credentials were not provided."
	msgHeader         = "Invalid token header."
	msgEncoding       = "Invalid token encoding."
	msgExpired        = "Token expired."
	msgToken          = "Invalid token."
	msgClaims         = "Invalid token claims."
	msgType           = "Invalid token type."
	msgRevoked        = "Token has been revoked."
	msgNoApplication  = "Application not found."
	msgDisabled       = "Application is disabled."
	msgNoUser         = "User not found."
	msgInactive       = "User account is disabled."
	msgEmptyHeader    = `Invalid "bearer" header: No credentials provided.`
	msgSpaces         = `Invalid "bearer" header: Credentials string should not contain spaces.`
	msgNotConfigured  = "Resource Server is improperly configured"
	msgLoginFailed    = "Login failed"
	msgNoUserForToken = "Login failed: No user found for the given access token." //nolint:gosec // no token
	msgSub            = "Enter a valid sub: at most 255 characters, without NUL."
	msgNoScope        = "Insufficient permissions."
	msgRequiredScope  = "Insufficient permissions. Required scope: "
)

// refuse is a 401 with the challenge that all 401s of this API carry.
func refuse(text string) *reply.Error {
	e := reply.Detail(http.StatusUnauthorized, text)
	e.Header = map[string]string{"WWW-Authenticate": "Bearer"}
	return e
}
