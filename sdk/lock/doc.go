// Package lock makes a lock out of small values that all replicas share
// (module.KV): it has an owner, and ends by itself when its holder died.
package lock
