// Package catalog holds the modules: it finds them, starts those whose flag is
// on, supervises them, and passes their routes and health to the HTTP server.
//
// A module runs in one of two placements: builtin.go calls it directly;
// process.go starts a process and talks to it. A unit is one module over time:
// its supervisor starts it when its flag turns on and, when the flag turns off,
// lets running requests end before stopping it. A process that exits by itself or
// hangs is restarted, indefinitely, with delays that grow while it keeps failing;
// a request that arrives in the meantime waits if a start is near.
package catalog
