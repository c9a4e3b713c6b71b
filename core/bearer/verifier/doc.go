// Package verifier puts the stages of core/bearer together: it accepts the tokens
// by which programs act for users, as the module that issues them is configured.
//
// The guard of the gateway holds one, for the routes of all modules whose access
// rule is module.ApplicationToken. The module that issues tokens uses it for those
// that come in the body of a request (RFC 7662, RFC 8693), and makes one of its own
// where it runs in a process of its own.
package verifier
