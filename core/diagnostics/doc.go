// Package diagnostics lets visitors test their connection to the media server
// (core-rest.md 11): they get a room of their own to join, which a durable job
// ends once its token has expired.
package diagnostics
