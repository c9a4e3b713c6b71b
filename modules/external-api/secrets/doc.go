// Package secrets checks the secrets of applications.
//
// A hash is derived once per secret and process: a correct secret is remembered only as
// a keyed fingerprint. Every wrong secret costs the same work, that of the most
// expensive secret there is, so that neither the answer nor its timing reveals which
// applications exist; and it is counted, by client id. Expensive checks take turns, one
// per network, so that a flood from one place keeps nobody else out.
package secrets
