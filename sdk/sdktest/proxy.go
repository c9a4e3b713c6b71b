package sdktest

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"time"

	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
	"foyer/sdk/reply"
)

// proxy passes requests to a module's process, over its socket.
type proxy struct {
	token string
	http  httputil.ReverseProxy
}

func newProxy(socket, token string) *proxy {
	return &proxy{token: token, http: httputil.ReverseProxy{
		FlushInterval: -1, // streams are flushed at once
		Transport: &http.Transport{
			DisableKeepAlives: true, DisableCompression: true,
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "unix", socket)
			},
		},
		Rewrite: func(p *httputil.ProxyRequest) { p.Out.URL.Scheme, p.Out.URL.Host = "http", "module" },
		ModifyResponse: func(answer *http.Response) error {
			if answer.Header[wire.HeaderAbort] != nil {
				_ = answer.Body.Close()
				panic(http.ErrAbortHandler)
			}
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			reply.Fail(w, r, reply.Unavailable(time.Second, err))
		},
	}}
}

func (p *proxy) hand(w http.ResponseWriter, r *http.Request, _ module.Route) {
	text, err := wire.EnvelopeOf(r).Encode()
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	wire.StripInternal(r.Header)
	r.Header.Set(wire.HeaderCaller, text)
	r.Header.Set(wire.HeaderToken, p.token)
	p.http.ServeHTTP(prompt{w}, r)
}

// prompt sends the head of an answer at once. ReverseProxy leaves that to a timer,
// which an answer that breaks off could be faster than.
type prompt struct{ http.ResponseWriter }

func (w prompt) WriteHeader(status int) {
	w.ResponseWriter.WriteHeader(status)
	if status >= http.StatusOK {
		_ = http.NewResponseController(w.ResponseWriter).Flush()
	}
}

// Unwrap is for http.ResponseController.
func (w prompt) Unwrap() http.ResponseWriter { return w.ResponseWriter }
