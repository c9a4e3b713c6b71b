// Package pgbouncerdev puts PgBouncer, a pooler that shares the connections of
// PostgreSQL, in front of a test's database: the installed one, in a process of
// its own.
package pgbouncerdev
