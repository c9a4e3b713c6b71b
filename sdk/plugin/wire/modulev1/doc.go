// Package modulev1 is what a module in its own process serves to the gateway,
// generated from module.proto, which is append-only. What the gateway serves to
// the module is in the package hostapi.
package modulev1
