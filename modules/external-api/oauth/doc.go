// Package oauth is the authorization server of the external API: it
// authenticates applications and issues the tokens with which they act for
// users (contract: external-api.md 1; RFC 6749, 7009, 7523, 7662, 8414, 8693,
// 9068).
package oauth
