// Command pointed is an external module named after its file, with the routes that its
// configuration lists.
package main
