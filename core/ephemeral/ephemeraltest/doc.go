// Package ephemeraltest is the suite that every implementation of core/ephemeral
// passes.
package ephemeraltest
