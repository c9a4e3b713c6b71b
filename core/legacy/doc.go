// Package legacy is the parent of what only the replaced server's data and
// settings need.
package legacy
