// Package guests identifies people without an account: by ids that everybody in a
// meeting sees, and by cookies that let the gateway recognise the browser an id
// was given to (docs/adr/0029). Nothing is stored, and replicas that share a key
// recognise each other's.
package guests
