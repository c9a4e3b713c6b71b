// Package catalog holds the modules: it finds them, starts those whose flag is
// on, supervises them, and gives their routes to the HTTP server and what
// happened to them.
//
// A module runs in one of two placements. builtin.go calls it directly;
// process.go starts a process and talks to it. A unit is one module over time:
// its supervisor starts it when its flag turns on, and when it turns off, lets
// running requests end before it stops it. A process that ends by itself, or
// hangs, is started again, for ever, with delays that grow while it keeps
// failing; a request that comes meanwhile waits for a start that is near.
package catalog
