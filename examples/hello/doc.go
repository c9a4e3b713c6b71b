// Command hello is a module in a binary of its own, as somebody outside this
// repository would write it: docs/writing-a-module.md.
package main
