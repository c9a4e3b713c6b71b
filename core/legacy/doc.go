// Package legacy is above what only the replaced server's data and settings need.
package legacy
