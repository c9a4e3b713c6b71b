// Package store keeps the domain data on two engines, PostgreSQL and SQLite,
// behind one set of methods with one SQL text wherever that is possible.
//
// On PostgreSQL the tables are those of the replaced server, which can go on
// running on them: an existing database is adopted in place and only additive
// migrations are applied.
package store
