// Package flags decides what is switched on.
//
// Values come from an OpenFeature provider, such as Static, which holds the values from
// the configuration. Gates keep the last value of every known flag in memory, so that a
// check costs a load and a look-up and never a network call, and re-evaluate when the
// provider reports a change. A flag that cannot be evaluated has its configured default.
package flags
