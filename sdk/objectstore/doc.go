// Package objectstore signs requests to the S3 server that holds recordings:
// addresses that let somebody read one object for a while, and headers that let a
// proxy read one now. Modules make a Store from what the host grants them, as
// they make LiveKit clients with sdk/livekit.
package objectstore
