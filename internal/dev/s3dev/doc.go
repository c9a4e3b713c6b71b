// Package s3dev runs a real S3 server (versitygw) on loopback for tests. It
// checks signatures. The program is built once from the Go module that
// tools/s3 names, into .bin at the top of the repository.
package s3dev
