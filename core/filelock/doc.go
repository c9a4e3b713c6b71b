// Package filelock makes a lock out of a file, for the processes of one machine.
package filelock
