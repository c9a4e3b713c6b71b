// Package config is the gateway's typed configuration: one section per file,
// strictly decoded from YAML, overridden by environment variables, among them the
// replaced product's.
package config
