// Package conf binds typed configuration to its keys, defaults and doc lines.
//
// A Section declares its fields in code, one line a field; there are no tags
// and no reflection. From that one declaration come strict decoding, the
// environment names, the example file and the module's documentation.
package conf
