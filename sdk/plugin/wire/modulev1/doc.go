// Package modulev1 is what a module in a process of its own serves to the
// gateway, generated from module.proto, which is append-only. What the gateway
// serves to the module is in the package hostapi.
package modulev1
