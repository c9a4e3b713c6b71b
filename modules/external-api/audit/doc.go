// Package audit records what happened to tokens, and what applications did, in the audit
// log before the request is answered.
package audit
