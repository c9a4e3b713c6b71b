// Command pointed is an external module by the name of its file, whose routes are
// those that its configuration names.
package main
