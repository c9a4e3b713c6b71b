// Package openapi describes the routes of the core: one YAML file per topic, each
// a part of the document served at /api/v1.0/openapi.json. The description is
// checked against the routes and against every answer that the gateway's tests
// get.
package openapi
