// Package ephemeraltest is the suite that every form of core/ephemeral passes.
package ephemeraltest
