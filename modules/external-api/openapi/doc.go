// Package openapi describes the external API and the spaces facade: two documents, since
// each has its own base path, with one YAML file per topic. Tests check them against the
// routes and against every answer the module gives.
package openapi
