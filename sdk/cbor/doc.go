// Package cbor writes and reads the part of CBOR (RFC 8949) that calls between
// the gateway and a module's process use: values of Go types, in maps keyed by
// name. A reader skips names it does not know and leaves missing ones at their
// zero value, so either side may be newer.
//
// Values come back as they were written: a nil slice, map or pointer is distinct
// from an empty one, text that is not UTF-8 keeps its bytes, and the zero time is
// the zero time. Only a time's zone is lost: it comes back in UTC.
package cbor
