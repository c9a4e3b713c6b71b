// Package store keeps the domain data on two engines, PostgreSQL and SQLite,
// behind one set of methods with one SQL text wherever that is possible.
//
// On PostgreSQL the tables are those of the replaced server, which can go on
// running on them: an existing database is adopted in place and only additive
// migrations are applied.
//
// Both engines answer alike, and package storetest proves it: the same text is
// refused, a failed statement ends its transaction, times are UTC with
// microseconds. Two differences remain. SQLite ignores the case of ASCII
// letters only, in e-mail addresses; and names sort by their bytes there, by
// the database's collation on PostgreSQL.
package store
