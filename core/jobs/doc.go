// Package jobs is durable background work: the jobs of modules and the
// delivery of events to them, run at least once, retried with back-off, and
// kept in sight when they are given up.
//
// The queue is River's, on the application's own database (PostgreSQL or
// SQLite), so that a job is stored in the transaction of the row it belongs
// to. Its tables are river_*; this is the only package that knows it.
//
// A job starts within some milliseconds of its commit. On PostgreSQL processes
// are woken by LISTEN/NOTIFY; on SQLite, and behind a pooler that shares
// connections, the process that stored the job tells itself. A wake-up that is
// lost, or a job that another process stored there, costs at most a second, the
// interval of the fallback poll.
//
// A job whose process was killed is run again once it has been under way for
// longer than an attempt may take (see rescueAfter), by any replica; the dead
// process's part in the housekeeping passes on within 20 s.
package jobs
