package config

import (
	"time"

	"foyer/core/module/conf"
)

// Database says where the data lives.
type Database struct {
	URL            conf.Secret   // url (DATABASE_URL, or DB_* parts): postgres://…; "" = SQLite in Dir
	Dir            string        // dir: folder of the SQLite file and generated secrets, "./data"
	MaxConns       int           // max_conns: PostgreSQL pool size, or SQLite readers; 10
	ConnectTimeout time.Duration // connect_timeout, 5s
	AutoMigrate    bool          // auto_migrate: apply migrations at start, true
}

// Secrets are generated once and kept in Database.Dir with mode 0600 when not
// given.
type Secrets struct {
	Key conf.Secret // key (DJANGO_SECRET_KEY): 32 bytes or more; encrypts what browsers carry
}
