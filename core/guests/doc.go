// Package guests says who the people without an account are: the ids by which
// everybody in a meeting sees them, and the cookies by which the gateway knows
// the browser that an id was given to (docs/adr/0029). Nothing is stored, and
// replicas that share a key recognise each other's.
package guests
