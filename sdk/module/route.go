package module

import (
	"net/http"
	"strings"
)

// Route is one HTTP route as data. The host enforces everything in front of the
// handler, in this order: flag, access, throttle.
type Route struct {
	// Method is an upper-case HTTP method. Path is absolute, ends in "/", and
	// names parameters as ":name", each a whole segment, never empty and without
	// a slash, not even an escaped one. The form without the last slash is served
	// alike. The last segment may be "*name" instead, without a trailing slash:
	// it matches everything that follows, including the first slash, and no other
	// route can be below it.
	Method, Path string
	// Outside marks a path that is not below the module's prefix, because clients
	// older than the module call it there. Only built-in modules may have it.
	Outside bool
	// Flag must be on, or the route answers as if it did not exist, before
	// authentication. "" means always on. A module's own flag (its name) applies
	// to all of its routes as well.
	Flag Flag
	// Apart makes the route depend on Flag alone and not on the module's own
	// flag: it receives the results of what was begun before the module was
	// switched off. While Flag is on the module runs, whatever its own flag says;
	// see Finisher. The values of such flags come from Switcher.
	Apart bool
	// Access says who may call. The zero value admits nobody.
	Access Access
	// Limit is a throttle scope of the configuration (throttles.<scope>); "" =
	// none.
	Limit string
	// AnyType is for answers that are not JSON, and for calls from other servers,
	// which look only at the status: the Accept header is ignored. On other
	// routes, an Accept header that excludes JSON is answered with 406.
	AnyType bool
	// RPCStatus makes the host answer refusals on this route, such as a missing
	// token, in google.rpc.Status (AIP-193) instead of {"detail": text}.
	RPCStatus bool
	// AnyHost is for calls from other servers, which are authenticated by a
	// signature or secret: they may use any name that their network has for the
	// gateway. Their Host is not compared with http.allowed_hosts, and plain http
	// is not redirected.
	AnyHost bool
	// Stream is for exchanges that may go on for as long as both sides like:
	// http.request_timeout and http.answer_timeout then bound each read and each
	// write instead of the whole. Upgrades do not need it.
	Stream bool
	// Handler answers. Parameters are in http.Request.PathValue, by their names,
	// and Path is in http.Request.Pattern. If the module has its own process the
	// host proxies to it.
	Handler http.Handler
}

// Parameters are the names of the path's parameters, in order.
func (r Route) Parameters() []string {
	var names []string
	for segment := range strings.SplitSeq(r.Path, "/") {
		if len(segment) > 1 && (segment[0] == ':' || segment[0] == '*') {
			names = append(names, segment[1:])
		}
	}
	return names
}

// Forms are the spellings of the path that are served alike: with and without the
// last slash or, for "*name", the path that everything is below.
func (r Route) Forms() []string {
	bare := strings.TrimSuffix(r.Path, "/")
	if i := strings.LastIndex(r.Path, "/*"); i >= 0 {
		bare = r.Path[:i]
	}
	if bare == "" || bare == r.Path {
		return []string{r.Path}
	}
	return []string{r.Path, bare}
}
