package sdktest

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// door is the stand-in for the gateway in front of a module's handlers.
type door struct {
	about module.Description
	on    map[module.Flag]bool
	log   *slog.Logger
	// hand passes an admitted request, whose context and parameters are set, to
	// the route's handler.
	hand func(http.ResponseWriter, *http.Request, module.Route)
}

func (d *door) ServeHTTP(inner http.ResponseWriter, r *http.Request) {
	w, notes := reply.NewWriter(inner), []error(nil)
	r = r.WithContext(module.WithRequestID(reply.Collect(r.Context(), &notes), uuid.NewString()))
	defer func() {
		d.survive(recover(), w, r)
		w.Finish()
		for _, err := range notes {
			if reply.As(err).Status >= http.StatusInternalServerError {
				d.log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "error", err)
			}
		}
	}()
	caller, err := callerOf(r)
	if err != nil {
		reply.Fail(w, r, reply.Detail(http.StatusBadRequest, err.Error()))
		return
	}
	route, err := d.find(r)
	if err == nil {
		err = d.admit(route, &caller, r)
	}
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	r = r.WithContext(module.WithCaller(r.Context(), &caller))
	r.URL.Scheme, r.URL.Host, r.Pattern = "http", r.Host, route.Path
	d.hand(w, r, route)
}

// survive makes of a handler's panic what the gateway does: a 500, or an answer that
// breaks off.
func (d *door) survive(v any, w *reply.Writer, r *http.Request) {
	if v == nil {
		return
	}
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(http.ErrAbortHandler)
	}
	d.log.ErrorContext(r.Context(), "panic in a handler", "panic", fmt.Sprint(v))
	if w.Begun() {
		panic(http.ErrAbortHandler)
	}
	reply.Fail(w, r, fmt.Errorf("panic: %v", v))
}

// callerOf is the caller that the test names.
func callerOf(r *http.Request) (c module.Caller, err error) {
	text := r.Header.Get(callerHeader)
	r.Header.Del(callerHeader)
	if text != "" {
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return c, fmt.Errorf("read the caller: %w", err)
		}
	}
	if c.Address == "" {
		c.Address, _, err = net.SplitHostPort(r.RemoteAddr)
	}
	return c, err
}

// find returns the route of the request and sets its parameters. Routes whose
// flag is off are unknown.
func (d *door) find(r *http.Request) (module.Route, error) {
	var best module.Route
	var kinds string
	var values map[string]string
	allowed := map[string]bool{}
	for _, route := range d.about.Routes {
		if route.Flag != "" && !d.on[route.Flag] {
			continue
		}
		k, v, ok := match(route.Path, r.URL.EscapedPath())
		if !ok {
			continue
		}
		allowed[route.Method] = true
		if route.Method == r.Method && (kinds == "" || k < kinds) {
			best, kinds, values = route, k, v
		}
	}
	switch {
	case kinds != "":
		for name, value := range values {
			r.SetPathValue(name, value)
		}
		return best, nil
	case len(allowed) > 0:
		e := reply.Detail(http.StatusMethodNotAllowed, fmt.Sprintf("Method %q not allowed.", r.Method))
		var methods []string
		for m := range allowed {
			methods = append(methods, m)
		}
		slices.Sort(methods)
		e.Header = map[string]string{"Allow": strings.Join(methods, ", ")}
		return best, e
	default:
		return best, reply.NotFound()
	}
}

var errNotEscaped = errors.New("not escaped well")

// match compares a path with a route's. kinds has a letter for each segment,
// lower for a closer match: the route with the lowest kinds wins.
func match(pattern, path string) (kinds string, values map[string]string, ok bool) {
	values = map[string]string{}
	want := strings.Split(strings.Trim(pattern, "/"), "/")
	got := strings.Split(strings.TrimPrefix(strings.TrimSuffix(path, "/"), "/"), "/")
	for i, segment := range want {
		if name, rest := strings.CutPrefix(segment, "*"); rest {
			// As sent, with its last slash.
			tail := strings.SplitN(strings.TrimPrefix(path, "/"), "/", i+1)
			if len(tail) <= i {
				tail = append(tail, "")
			}
			text, err := url.PathUnescape("/" + tail[i])
			values[name] = text
			return kinds + "c", values, err == nil
		}
		if i >= len(got) {
			return "", nil, false
		}
		text, err := unescaped(got[i])
		if err != nil {
			return "", nil, false
		}
		switch name, parameter := strings.CutPrefix(segment, ":"); {
		case parameter && text != "" && !strings.Contains(text, "/"):
			values[name] = text
			kinds += "b"
		case !parameter && text == segment:
			kinds += "a"
		default:
			return "", nil, false
		}
	}
	return kinds, values, len(got) == len(want)
}

func unescaped(segment string) (string, error) {
	text, err := url.PathUnescape(segment)
	if err != nil {
		return "", errNotEscaped
	}
	return text, nil
}
