// Package objectstore holds the tests of foyer/sdk/objectstore that need an S3 server
// (see internal/proof/livekit).
package objectstore
