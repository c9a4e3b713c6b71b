// Package pgdev gives tests a fresh PostgreSQL database: on the server that
// FOYER_TEST_POSTGRES names (the URL of a superuser), or else on a private one
// that it starts, once a test process, from the installed binaries.
package pgdev
