// Command bench measures what the project promises, side by side in one run, and writes
// docs/benchmarks.md. Machines differ and are noisy, so what counts is the ratio of two
// things measured in turn.
package main
