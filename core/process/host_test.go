package process_test

import (
	"testing"

	"foyer/sdk/sdktest/hostsuite"
)

func TestHost_keeps_what_it_promises_on_SQLite(t *testing.T) {
	hostsuite.Run(t, func(t *testing.T) hostsuite.Place { return open(t, false) })
}

func TestHost_keeps_what_it_promises_on_PostgreSQL(t *testing.T) {
	hostsuite.Run(t, func(t *testing.T) hostsuite.Place { return open(t, true) })
}
