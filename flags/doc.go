// Package flags decides what is switched on.
//
// Values come from an OpenFeature provider; Static, which holds what the
// configuration says, is one. Gates keep the last value of every known flag in
// memory, so that asking costs a load and a look-up and never the network, and
// evaluates again when the provider says that something changed. A flag that
// cannot be evaluated has its configured default.
package flags
