// Package s3dev runs a real S3 server (versitygw) on loopback for tests. It
// checks signatures.
package s3dev
