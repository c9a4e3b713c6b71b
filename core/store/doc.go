// Package store keeps the domain data on two engines, PostgreSQL and SQLite,
// behind one set of methods with one SQL text wherever that is possible.
//
// On PostgreSQL the tables are those of the replaced server, which can go on
// running on them: an existing database is adopted in place and only additive
// migrations are applied.
//
// Both engines answer alike, and package storetest proves it: the same text is
// refused, a failed statement ends its transaction, times are UTC with
// microseconds, addresses are compared by their ASCII letters. Two differences
// remain. Names sort by their bytes on SQLite, by the database's collation on
// PostgreSQL; and that an address has one account without a subject is ruled by
// the replaced server's index there, which folds by the database's locale.
package store
