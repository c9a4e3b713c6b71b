package livekit

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"foyer/sdk/module"
)

const (
	// DefaultTimeout bounds one call, from dialling to the last byte.
	DefaultTimeout = 10 * time.Second
	// noHostTime is longer than LiveKit takes to find out that no server has a
	// room.
	noHostTime = 5 * time.Second
	// callTokenTTL covers a call and differences between clocks, and little more.
	callTokenTTL = 5 * time.Minute
	// answerLimit bounds the body of an answer, in bytes: ListRooms with ten
	// thousand rooms stays below it.
	answerLimit = 64 << 20
)

// Client calls the media server's API over one pool of connections. Each call
// carries its own token, which grants that call and no more. It is safe for
// concurrent use.
//
// Errors of calls are *Error; errors.Is distinguishes ErrNotFound,
// ErrUnavailable, ErrNoHost, ErrRefused and ErrInvalid.
type Client struct {
	signer *signer
	base   string // of the calls' addresses
	now    func() time.Time

	http    *http.Client
	starts  *http.Client // of egresses: StartTimeout
	patient *http.Client // for calls that ask whether anybody is there: at least noHostTime
}

// Option changes a Client.
type Option func(*Client)

// WithTimeout bounds each call; 0 keeps DefaultTimeout.
func WithTimeout(d time.Duration) Option {
	return func(c *Client) {
		if d > 0 {
			c.http.Timeout = d
		}
	}
}

// NewClient makes a client of the server that lk names. It does not connect: a
// wrong address shows at the first call.
func NewClient(lk module.LiveKit, opts ...Option) *Client {
	c := &Client{
		signer: newSigner(lk.APIKey, lk.APISecret), now: time.Now,
		base: strings.TrimRight(httpURL(lk.URL), "/") + "/twirp/livekit.",
		http: &http.Client{Timeout: DefaultTimeout, Transport: transport(lk.VerifyTLS), CheckRedirect: stay},
	}
	for _, o := range opts {
		o(c)
	}
	within := func(d time.Duration) *http.Client {
		return &http.Client{Timeout: d, Transport: c.http.Transport, CheckRedirect: stay}
	}
	c.starts = within(StartTimeout)
	c.patient = within(max(c.http.Timeout, noHostTime))
	return c
}

// Close drops idle connections; the client may still be used.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func transport(verifyTLS bool) http.RoundTripper {
	t := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 5 * time.Second,
		ForceAttemptHTTP2:   true,
		MaxIdleConns:        64,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     90 * time.Second,
		TLSClientConfig: &tls.Config{
			MinVersion:         tls.VersionTLS12,
			InsecureSkipVerify: !verifyTLS, //nolint:gosec // the operator's choice: livekit.verify_tls
		},
	}
	return otelhttp.NewTransport(limited{t}, otelhttp.WithSpanNameFormatter(
		func(_ string, r *http.Request) string {
			return "livekit " + strings.TrimPrefix(r.URL.Path, "/twirp/livekit.")
		}))
}

// limited bounds how much of an answer is read.
type limited struct{ *http.Transport }

func (l limited) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.Transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = limitedBody{io.LimitReader(resp.Body, answerLimit), resp.Body}
	return resp, nil
}

type limitedBody struct {
	io.Reader
	io.Closer
}

// httpURL turns the browsers' ws scheme into the one for calls.
func httpURL(url string) string {
	scheme, rest, found := strings.Cut(url, "://")
	if !found {
		return url
	}
	scheme = strings.ToLower(scheme) // RFC 3986 3.1: case-insensitive
	if scheme == "ws" || scheme == "wss" {
		scheme = "http" + scheme[len("ws"):]
	}
	return scheme + "://" + rest
}

// grant is what one call may do (recording-summary-files.md 0).
type grant struct {
	Room       string `json:"room,omitempty"`
	RoomList   bool   `json:"roomList,omitempty"`
	RoomCreate bool   `json:"roomCreate,omitempty"` // also deletes
	RoomAdmin  bool   `json:"roomAdmin,omitempty"`
	RoomRecord bool   `json:"roomRecord,omitempty"`
}

type callClaims struct {
	Issuer    string `json:"iss"`
	NotBefore int64  `json:"nbf"`
	Expires   int64  `json:"exp"`
	Video     grant  `json:"video"`
}

// token signs what one call carries.
func (c *Client) token(g grant) (string, error) {
	now := c.now()
	return c.signer.sign(callClaims{
		Issuer: c.signer.key, NotBefore: now.Unix(), Expires: now.Add(callTokenTTL).Unix(), Video: g,
	})
}

// metadataText checks that metadata is JSON, so that no writer can break the
// other readers.
func metadataText(raw json.RawMessage) (string, error) {
	if !json.Valid(raw) {
		return "", fmt.Errorf("room metadata is not JSON")
	}
	return string(raw), nil
}
