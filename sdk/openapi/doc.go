// Package openapi serves an OpenAPI 3.1 document of routes and a page to read
// it. The core and every module with a base path of its own use it:
//
//	doc := openapi.New(openapi.Options{Base: "/external-api/v1.0/", Title: "Applications", Parts: parts})
//	return append(routes, doc.Routes()...)
//
// A document is composed of parts, YAML files that stand beside what they
// describe: one says openapi, info and servers, each adds tags, paths and
// components. Names are those of one document: a part may refer to what
// another one, or common.yaml, defines. What every operation can answer (406,
// 413, ...) is added, so that parts hold what is particular.
//
// The page is Redoc, vendored and served from here: nothing is loaded from
// elsewhere, and its policy would not allow it.
package openapi
