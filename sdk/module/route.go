package module

import (
	"net/http"
	"strings"
)

// Route is one HTTP route as data. The host enforces everything but the
// handler, in this order: flag, access, throttle, handler.
type Route struct {
	// Method is an upper-case HTTP method; Path is absolute, ends in "/", and
	// names parameters as ":name", each a whole segment, never empty and without a
	// slash, not even an escaped one. The form without the last slash is served
	// alike. The last segment may be "*name" instead, without a slash: it takes all
	// that follows, with its first slash. Nothing else can be below
	// it.
	Method, Path string
	// Outside is for a path that is not below the module's prefix: clients that
	// are older than the module call it there. Built-in modules may have it.
	Outside bool
	// Flag must be on, or the route answers as if it did not exist, before
	// authentication. "" means always on. A module's own flag (its name) is
	// applied to all of its routes besides.
	Flag Flag
	// Apart has the route hang on Flag alone and not on the module's own flag:
	// there come the results of what was begun before the module was switched
	// off. While Flag is on the module runs, whatever its own flag says; see
	// Finisher. The values of such flags come from Switcher.
	Apart bool
	// Access says who may call. The zero value admits nobody.
	Access Access
	// Limit is a throttle scope of the configuration (throttles.<scope>),
	// "" = none.
	Limit string
	// AnyType is for answers that are not JSON, and for calls of other servers,
	// which heed nothing but the status: the Accept header is not looked at.
	// Otherwise one that excludes JSON is answered with 406.
	AnyType bool
	// RPCStatus has the host tell its refusals of the route's callers, such as a
	// missing token, as google.rpc.Status (AIP-193) and not as {"detail": text}.
	RPCStatus bool
	// AnyHost is for calls of other servers, whose signature or secret is what
	// counts: they may use any name of the gateway that their network knows.
	// Their Host is not compared with http.allowed_hosts, and plain http is not
	// redirected.
	AnyHost bool
	// Stream is for exchanges that may go on for as long as both sides like:
	// http.request_timeout and http.answer_timeout bound each read and each write
	// then, not the whole. Upgrades need it not.
	Stream bool
	// Handler answers. Parameters are in http.Request.PathValue, by their names, and
	// Path in http.Request.Pattern. In a process of its own the host proxies to it.
	Handler http.Handler
}

// Parameters are the names of the path's parameters, in their order.
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
// last slash, or what all that follows is below.
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
