// Package idempotency lets a client send a request again without it being done
// again (the Idempotency-Key header of the IETF's HTTPAPI group): the answer of
// the first one is kept under the client's key, with a fingerprint of the
// request, and given to those that follow.
//
// The key is taken atomically over all replicas before the work begins. A
// request that fails gives its key back, so that it can be sent again, mended
// perhaps. One whose replica died holds its key for a minute; what it had done
// until then, it has done.
package idempotency
