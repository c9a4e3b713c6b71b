// Package audit writes what happened to tokens, and what applications did, into
// the audit log before the answer is given.
package audit
