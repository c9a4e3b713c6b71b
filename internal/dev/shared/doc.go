// Command shared runs a command, such as `go test`, with what the test processes that it
// starts need and would otherwise make for themselves, one by one: a PostgreSQL with a
// migrated database to copy, and a migrated SQLite file.
//
//	go run ./internal/dev/shared go test ./...
//
// It ends with the command. If FOYER_TEST_POSTGRES names a server already, the tests use
// that one. Tests that kill their server have their own all the same.
package main
