// Package idempotency lets a client repeat a request without its being carried out twice
// (the Idempotency-Key header of the IETF's HTTPAPI group): the first answer is kept
// under the client's key, with a fingerprint of the request, and given to every repeat.
//
// The key is taken atomically across all replicas before the work begins. A request that
// fails gives its key back, so that it can be sent again, corrected if need be. If its
// replica dies, the key stays taken for a minute; whatever the request had done by then
// stays done.
package idempotency
