// Package modulev1 is generated from module.proto; Module is what a module serves.
package modulev1
