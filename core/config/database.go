package config

import (
	"time"

	"foyer/sdk/conf"
)

// Database says where the data lives.
type Database struct {
	URL            conf.Secret   // postgres://…; "" = SQLite in Dir
	Dir            string        // folder of the SQLite file and generated secrets
	MaxConns       int           // PostgreSQL pool size, or SQLite readers
	PoolMode       string        // pool_mode: PoolAuto, PoolSession or PoolTransaction
	ConnectTimeout time.Duration // time to get the first connection
	AutoMigrate    bool          // apply migrations at start
}

// What a pooler between here and PostgreSQL assigns to each client.
const (
	PoolAuto        = "auto"        // detects a pooler, which then counts as PoolTransaction
	PoolSession     = "session"     // one connection for as long as the client stays; also for no pooler
	PoolTransaction = "transaction" // one connection per transaction, then another
)

func defaultDatabase() Database {
	return Database{Dir: "./data", MaxConns: 10, PoolMode: PoolAuto, ConnectTimeout: 5 * time.Second, AutoMigrate: true}
}

func (d *Database) Fields(f *conf.Fields) {
	f.Secret("url", &d.URL, "PostgreSQL address, postgres://user:password@host:port/name; \"\" = SQLite in dir. Without it, the legacy DB_NAME, DB_USER, DB_PASSWORD, DB_HOST and DB_PORT make one when any of them is set.").
		Legacy("DATABASE_URL").LegacyNotEmpty()
	f.String("dir", &d.Dir, "Folder of the SQLite file, of its log (up to 256 MB under constant load), and of generated secrets.")
	f.Int("max_conns", &d.MaxConns, "PostgreSQL connections, or SQLite readers.").AtLeast(1).AtMost(1000)
	f.String("pool_mode", &d.PoolMode, "Pool mode of a pooler, such as PgBouncer, in front of PostgreSQL: session, or transaction; auto = transaction if there is one.").
		OneOf(PoolAuto, PoolSession, PoolTransaction)
	f.Duration("connect_timeout", &d.ConnectTimeout, "Time to get a connection.").AtLeast(int64(100 * time.Millisecond))
	f.Bool("auto_migrate", &d.AutoMigrate, "Bring the schema up to date at start.")
}

// Secrets that are not given are generated once and kept in Database.Dir with
// mode 0600.
type Secrets struct {
	Key conf.Secret // 32 bytes or more; encrypts what browsers store

	generated bool // Key is not configured, but generated and kept
}

func (s *Secrets) Fields(f *conf.Fields) {
	f.Secret("key", &s.Key, "Encrypts what browsers carry, 32 bytes or more; replicas share it. \"\" = generated once, kept in database.dir.").
		Legacy("DJANGO_SECRET_KEY").LegacyNotEmpty()
}
