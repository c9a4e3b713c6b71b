// Package introspection asks the OIDC provider about its own tokens (RFC 7662;
// contract: external-api.md 3.1 and 3.2). An answer is believed for a short while
// and never beyond the token's expiry; callers with the same token share one
// call; a provider that does not answer is left alone for a while.
//
// Unlike the replaced server, which only checked that a claim is present, it
// refuses a token that is meant for somebody else (see Config).
package introspection
