// Package pgbouncerdev puts PgBouncer, a pooler that shares PostgreSQL connections, in
// front of a test's database. It runs the installed one, in a process of its own.
package pgbouncerdev
