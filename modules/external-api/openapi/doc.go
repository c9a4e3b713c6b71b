// Package openapi describes the external API and the spaces facade: two
// documents, since they have a base path each, and a YAML file a topic. What is
// written here is held against the routes and against every answer that the
// module's tests get.
package openapi
