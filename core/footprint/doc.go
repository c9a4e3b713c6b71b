// Package footprint gives back memory that only the start needed: the heap's
// garbage, and the pages of the program file that initialisation touched. The
// system maps the latter in again when they are used.
package footprint
