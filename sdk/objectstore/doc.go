// Package objectstore signs requests to the S3 server where recordings lie:
// addresses that let somebody else read one object for a while, and headers
// that let a proxy read one now. Modules make it from what the host grants
// them, as they make LiveKit clients with sdk/livekit.
package objectstore
