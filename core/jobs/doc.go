// Package jobs is durable background work: the jobs of modules and the delivery
// of events to them, run at least once, retried with back-off, and kept for
// inspection when they are given up.
//
// The queue is River's, on the application's own database (PostgreSQL or SQLite),
// so that a job is stored in the same transaction as the row it belongs to. Its
// tables are river_*; only this package knows River.
//
// A job starts within milliseconds of its commit. On PostgreSQL processes are
// woken by LISTEN/NOTIFY; on SQLite, and behind a pooler that shares connections,
// the process that stored the job notifies itself. A lost wake-up, or a job that
// another process stored there, costs at most a second, the interval of the
// fallback poll.
//
// A job whose process was killed is run again, by any replica, once it has been
// running for longer than an attempt may take (see rescueAfter); the dead
// process's part in the housekeeping passes on within 20 s.
package jobs
