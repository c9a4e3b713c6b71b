// Command hello is a module in its own binary, written as somebody outside this
// repository would write it: see docs/writing-a-module.md.
package main
