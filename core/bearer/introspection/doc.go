// Package introspection asks the OIDC provider about tokens of its own (RFC
// 7662; contract: external-api.md 3.1 and 3.2). An answer is believed for a
// short while and never beyond the token's own end; callers with the same token
// share one call; a provider that does not answer is left alone for a while.
//
// What the replaced server only looked for is compared here: a token that is
// meant for somebody else is refused (see Config).
package introspection
