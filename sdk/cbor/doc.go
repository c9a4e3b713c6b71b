// Package cbor writes and reads the part of CBOR (RFC 8949) that calls between
// the gateway and a module's process are made of: values of Go types, in maps
// whose keys are names. A reader skips names that it does not know and leaves
// those that are missing at their zero value, so that either side may be newer.
//
// What was written comes back as it was: a nil slice, map or pointer is told
// from an empty one, text that is not UTF-8 keeps its bytes, and the zero time
// is the zero time. Only a time's zone is lost: it comes back in UTC.
package cbor
