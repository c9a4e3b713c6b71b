// Package config is the gateway's typed configuration: one section a file,
// decoded strictly from YAML, with the environment over the file and the
// replaced product's variable names accepted.
package config
