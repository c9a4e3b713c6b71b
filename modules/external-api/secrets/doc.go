// Package secrets checks the secrets of applications.
//
// A hash is derived once a secret and process: what was right is remembered by
// a keyed fingerprint, never as it is. Whatever is wrong costs the same work,
// that of the costliest secret there is, so that neither the answer nor its
// time tells which applications exist; and it is counted, by client id. What costs
// much is done in turns, one a network, so that nobody's flood keeps others out.
package secrets
