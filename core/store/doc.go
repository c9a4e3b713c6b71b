// Package store keeps the domain data on two engines, PostgreSQL and SQLite,
// behind one set of methods, with a single SQL text wherever possible.
//
// On PostgreSQL the tables are those of the replaced server, which can keep
// running on them: an existing database is adopted in place and only additive
// migrations are applied.
//
// Both engines behave alike, and package storetest proves it: the same text is
// refused, a failed statement ends its transaction, times are UTC with
// microseconds, addresses are compared ignoring the case of ASCII letters. Two
// differences remain. Names sort by their bytes on SQLite, by the database's
// collation on PostgreSQL; and there, that an address has only one account
// without a subject is enforced by the replaced server's index, which folds by
// the database's locale.
package store
