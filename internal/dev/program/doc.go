// Package program builds other people's servers for development and tests, each from the
// Go module under tools that pins its version, into .bin at the top of the repository.
// They run in their own processes, as they do in production: their dependencies stay out
// of this module, and the race detector does not look into them.
package program
