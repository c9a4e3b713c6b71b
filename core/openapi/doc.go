// Package openapi describes the routes of the core: a YAML file a topic, parts
// of the document that is served at /api/v1.0/openapi.json. What is written
// here is held against the routes and against every answer that the tests of
// the gateway get.
package openapi
