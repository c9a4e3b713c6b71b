// Package module is the contract a feature module is written against.
//
// A module is a value that implements Module: it names itself, declares its
// configuration and its routes as data, and is started with a Host that grants
// what it named in Needs. The same value runs in the gateway's process or in its
// own; it cannot tell which.
//
// Optional behaviour is found by type assertion: Validator, Warner, Listener,
// Worker, Checker, Advertiser and Describer. The packages below this one are
// what a module needs to speak the gateway's dialect: conf (typed
// configuration), body (request bodies), reply (answers and errors) and openapi
// (documents of routes). moduletest proves a module in both placements.
package module
