// Package verifier assembles the stages of core/bearer: it accepts the tokens by
// which programs act for users, as configured in the module that issues them.
//
// The gateway's guard holds one, for the routes of all modules whose access rule
// is module.ApplicationToken. The issuing module uses it for tokens that come in
// the body of a request (RFC 7662, RFC 8693), and makes its own when it runs in a
// separate process.
package verifier
