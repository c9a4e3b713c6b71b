// Package bearer admits services that call back with a shared secret, with the
// answers of the contract (recording-summary-files.md 3 and 4). Modules use it
// on routes whose access rule is module.Own.
package bearer
