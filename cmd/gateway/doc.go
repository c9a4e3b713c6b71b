// Command gateway is Foyer: it serves, migrates, backs up, checks its configuration and
// lists its modules. modules.go is the only list of built-in modules.
//
// Exit codes: 0 success, 1 a failure while running, 2 an unusable configuration (nothing
// was started).
package main
