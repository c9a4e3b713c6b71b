package config

import (
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"

	"foyer/sdk/conf"
)

// normalizeDatabase rewrites the database URL for pgx, without the parameters
// that only libpq or the replaced product uses.
func (l *loader) normalizeDatabase() {
	const key = "database.url"
	text, idle := postgresURL(l.config.Database.URL.Reveal())
	l.config.Database.URL = conf.NewSecret(text)
	for _, name := range idle {
		l.warn(key, "%s has no use here, and is left out", name)
	}
}

// postgresURL accepts the spellings of the replaced product and of libpq: the
// scheme pgsql, in any case, the directory of a socket in place of a host, and
// currentSchema for the search path. idle are the parameters that were left out.
func postgresURL(text string) (made string, idle []string) {
	if scheme, rest, found := strings.Cut(text, "://"); found {
		scheme = strings.ToLower(scheme)
		if scheme == "pgsql" {
			scheme = "postgres"
		}
		text = scheme + "://" + socketFolder(rest)
	}
	address, query, found := strings.Cut(text, "?")
	if !found {
		return text, nil
	}
	var kept []string // as written: to pgx and libpq a + is not a space
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case isIdle(name, value):
			if !slices.Contains(idle, name) {
				idle = append(idle, name)
			}
		case name == "currentSchema":
			kept = append(kept, "search_path="+value)
		default:
			kept = append(kept, pair)
		}
	}
	if len(kept) > 0 {
		address += "?" + strings.Join(kept, "&")
	}
	return address, idle
}

// socketFolder moves hosts into the parameters if one of them is a directory,
// percent-encoded as libpq wants it: Go's URLs have no such hosts. rest is what
// follows ://.
func socketFolder(rest string) string {
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndexByte(rest[:end], '@') + 1
	if !strings.Contains(strings.ToLower(rest[at:end]), "%2f") {
		return rest
	}
	var hosts, ports []string
	for one := range strings.SplitSeq(rest[at:end], ",") {
		host, port := one, ""
		if i := strings.LastIndexByte(one, ':'); i > strings.LastIndexByte(one, ']') {
			host, port = one[:i], one[i+1:]
		}
		host, err := url.PathUnescape(strings.Trim(host, "[]"))
		if err != nil {
			return rest
		}
		hosts, ports = append(hosts, host), append(ports, port)
	}
	path, query, _ := strings.Cut(rest[end:], "?")
	made := "host=" + url.PathEscape(strings.Join(hosts, ",")) + "&port=" + url.PathEscape(strings.Join(ports, ","))
	if query != "" {
		made += "&" + query
	}
	return rest[:at] + path + "?" + made
}

// idleParameters are those of libpq (PostgreSQL 18, 32.1.2) whose omission is
// safe: Go probes connections by itself, encrypts only with TLS and without
// compression, and always uses UTF-8.
var idleParameters = []string{
	"authtype", "client_encoding", "fallback_application_name", "gsslib", "keepalives", "keepalives_count", "keepalives_idle",
	"keepalives_interval", "load_balance_hosts", "sslcompression", "sslkeylogfile", "tcp_user_timeout", "tty",
}

// idleOfDjango are Django's own, which it takes out of a URL, in either case.
var idleOfDjango = []string{
	"atomic_requests", "autocommit", "conn_health_checks", "conn_max_age", "disable_server_side_cursors", "server_side_binding",
}

// isIdle reports whether a parameter can be left out. One that requires
// something, such as Kerberos encryption, cannot.
func isIdle(name, value string) bool {
	switch name {
	case "gssencmode":
		return value == "disable" || value == "prefer"
	case "gssdelegation":
		return value == "0"
	case "ssl_min_protocol_version": // Go's own minimum is 1.2
		return slices.Contains([]string{"", "TLSv1", "TLSv1.1", "TLSv1.2"}, value)
	}
	return slices.Contains(idleParameters, name) || slices.Contains(idleOfDjango, strings.ToLower(name))
}

// usedParameters are the ones that pgx reads.
var usedParameters = []string{
	"channel_binding", "connect_timeout", "database", "dbname", "default_query_exec_mode", "description_cache_capacity", "host",
	"krbspn", "krbsrvname", "max_protocol_version", "min_protocol_version", "passfile", "password", "pool_health_check_period",
	"pool_max_conn_idle_time", "pool_max_conn_lifetime", "pool_max_conn_lifetime_jitter", "pool_max_conns", "pool_min_conns",
	"pool_min_idle_conns", "pool_ping_timeout", "port", "require_auth", "service", "servicefile", "sslcert", "sslcertmode", "sslkey",
	"sslmode", "sslnegotiation", "sslpassword", "sslrootcert", "sslsni", "statement_cache_capacity", "target_session_attrs", "user",
}

// serverSettings are the other parameters that reach the server: settings that a
// connection may start with. Any others go into options, as -c name=value.
var serverSettings = []string{
	"application_name", "client_min_messages", "datestyle", "default_tablespace", "default_transaction_deferrable",
	"default_transaction_isolation", "default_transaction_read_only", "effective_cache_size", "extra_float_digits",
	"idle_in_transaction_session_timeout", "idle_session_timeout", "intervalstyle", "jit", "lock_timeout", "log_min_duration_statement",
	"log_statement", "maintenance_work_mem", "options", "plan_cache_mode", "random_page_cost", "role", "row_security", "search_path",
	"session_authorization", "statement_timeout", "synchronous_commit", "tcp_keepalives_count", "tcp_keepalives_idle",
	"tcp_keepalives_interval", "temp_buffers", "temp_tablespaces", "timezone", "transaction_timeout", "work_mem",
}

// postgresProblem parses the URL as the start does. It shows no error's text,
// since that may contain the password.
func postgresProblem(text string) string {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "is not a URL"
	case u.Scheme != "postgres" && u.Scheme != "postgresql":
		return "must begin with postgres://, not " + u.Scheme + "://"
	case strings.Contains(text, "#"):
		return "has a fragment, which is not used: write # in a password as %23"
	}
	if problem := parametersProblem(u.RawQuery); problem != "" {
		return problem
	}
	if _, err := pgxpool.ParseConfig(text); err != nil {
		return "is not an address such as postgres://user:password@host:5432/name: look at its port and parameters"
	}
	return ""
}

// parametersProblem refuses what the server would refuse, such as an unknown
// setting.
func parametersProblem(query string) string {
	if strings.Contains(query, "@") { // it may be part of a password
		return "has an @ in its parameters: write ? in a password as %3F, and @ as %40"
	}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, found := strings.Cut(pair, "=")
		if !found && query != "" {
			return "has parameters that are not written name=value&name=value"
		}
		if known := slices.Concat(usedParameters, serverSettings); name != "" && !isKnown(name, value) {
			what := "has the parameter " + name + ", which is not known here"
			if near := conf.Nearest(name, known); near != "" {
				return what + " (did you mean " + near + "?)"
			}
			return what + ": settings of the server go into options=-c%20name%3Dvalue"
		}
	}
	return ""
}

// isKnown reports whether pgx or the server knows a parameter.
func isKnown(name, value string) bool {
	if name == "ssl" { // as JDBC writes it
		return value == "true"
	}
	return slices.Contains(usedParameters, name) || slices.Contains(serverSettings, strings.ToLower(name)) ||
		strings.Contains(name, ".") // a setting of an extension
}
