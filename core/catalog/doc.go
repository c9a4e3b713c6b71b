// Package catalog holds the modules: it finds them, starts those whose flag is
// on, supervises them, and gives their routes to the HTTP server and what
// happened to them.
//
// A module runs in one of two placements. builtin.go calls it directly;
// process.go starts a process and talks to it. A unit is one module over time:
// its supervisor starts it when its flag turns on, and when it turns off, lets
// running requests end before it stops it; a process that ends by itself is
// started again with growing delays, and given up loudly when it keeps ending.
package catalog
