// Package lock makes a lock out of small values that all replicas share
// (module.KV). It has an owner, and ends by itself if its holder died.
package lock
