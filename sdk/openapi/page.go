package openapi

import (
	_ "embed"
	"fmt"
	"html"
	"net/http"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// redoc is the script of the page; see assets/README.md.
//
//go:embed assets/redoc-2.5.4.js.gz
var redoc []byte

// script is the script's path, which changes with its version: browsers may cache
// it for ever.
const script = "docs/redoc-2.5.4.js"

const (
	forEver  = "public, max-age=31536000, immutable"
	askFirst = "no-cache"
)

// policy lets the page run its script and read the document, and nothing else.
// The script writes styles, and searches in a worker that it creates.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>%s</title>
<style>body { margin: 0 }</style>
</head>
<body>
<redoc spec-url="%s" hide-download-button="true"></redoc>
<script src="%s"></script>
</body>
</html>
`

// Routes serve the document, the page and its script to anybody, behind
// module.APIDocs.
func (d *Document) Routes() []module.Route {
	base, code := d.o.Base, newAsset("text/javascript; charset=utf-8", redoc)
	text := fmt.Appendf(nil, page, html.EscapeString(d.o.Title), html.EscapeString(base+"openapi.json"), html.EscapeString(base+script))
	get := func(path string, h http.HandlerFunc) module.Route {
		return module.Route{Method: http.MethodGet, Path: base + path + "/", Access: module.Public, Flag: module.APIDocs, AnyType: true, Handler: h}
	}
	return []module.Route{
		get("openapi.json", d.serve),
		get("docs", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", policy)
			w.Header().Set("Cache-Control", askFirst)
			reply.Data(w, http.StatusOK, "text/html; charset=utf-8", text)
		}),
		get(script, func(w http.ResponseWriter, r *http.Request) { code.serve(w, r, forEver) }),
	}
}

func (d *Document) serve(w http.ResponseWriter, r *http.Request) {
	a, err := d.asset()
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	a.serve(w, r, askFirst)
}
