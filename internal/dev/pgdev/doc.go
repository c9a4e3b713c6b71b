// Package pgdev gives tests a fresh PostgreSQL database: on the server named by
// FOYER_TEST_POSTGRES (a superuser's URL), or else on a private one, which it starts
// once per test process from the installed binaries.
package pgdev
