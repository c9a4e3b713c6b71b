// Package conf binds typed configuration to its keys, defaults and doc lines.
//
// A Section declares its fields in code, one line per field; there are no tags
// and no reflection. That one declaration gives strict decoding, the environment
// names, the example file and the module's documentation.
//
// Decode reads YAML into a Section and reports all faults at once with file, line
// and key. Encode is its inverse: it carries a section, secrets revealed, to a
// module in its own process, which decodes it with the same package. Documents
// are limited to 1 MiB, 32 levels and 20,000 tokens; anchors, aliases and tags
// are refused, so a small file cannot become a large value.
package conf
