// Package openapi serves an OpenAPI 3.1 document of routes and a page to read it.
// The core and every module with its own base path use it:
//
//	doc := openapi.New(openapi.Options{Base: "/external-api/v1.0/", Title: "Applications", Parts: parts})
//	return append(routes, doc.Routes()...)
//
// A document is composed of parts, YAML files that stand next to what they
// describe: one has openapi, info and servers, each adds tags, paths and
// components. All parts share one namespace: a part may refer to what another
// part, or common.yaml, defines. Answers that every operation can give (406, 413,
// ...) are added, so parts hold only what is particular.
//
// The page is Redoc, vendored and served from here: it loads nothing from
// elsewhere, and its content security policy would not allow it.
package openapi
