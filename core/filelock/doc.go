// Package filelock uses a file as a lock between the processes of one machine.
package filelock
