package oidcdev

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"
)

// Options are the arguments of Start; the zero value is a provider on a free port with
// the three demo users.
type Options struct {
	// Addr is a loopback address to listen on; "" = 127.0.0.1:0.
	Addr string
	// Users may sign in; nil = DemoUsers.
	Users []User
	// ClientID and Secret belong to the only client; by default they are "meet" and a
	// random secret.
	ClientID, Secret string
	// RedirectURIs and LogoutURIs are where the client may be sent back to; nil allows
	// every http URL on 127.0.0.1 and localhost.
	RedirectURIs, LogoutURIs []string
	// ClientAuth is the only method by which the client may authenticate, such as
	// ByBasic; "" accepts its secret by any method.
	ClientAuth string
	// MustPush requires pushed authorization requests (RFC 9126).
	MustPush bool
}

// Provider is a running provider.
type Provider struct {
	// Issuer is the provider's URL; the discovery document is below .well-known.
	Issuer string
	// ClientID and Secret belong to the only client.
	ClientID, Secret string
	// Users may sign in.
	Users []User

	server  *http.Server
	storage *storage
	key     *rsa.PrivateKey
	crypto  op.Crypto // seals access tokens
	served  chan struct{}

	mu     sync.Mutex
	faults Faults
	seen   []Request
	pushed map[string]url.Values // by request_uri
}

// Start runs a provider until Close is called or ctx ends.
func Start(ctx context.Context, o Options) (*Provider, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Users == nil {
		o.Users = DemoUsers()
	}
	if o.ClientID == "" {
		o.ClientID = "meet"
	}
	if o.Secret == "" {
		o.Secret = rand.Text() + rand.Text() // long enough for HS256 too
	}
	host, _, err := net.SplitHostPort(o.Addr)
	if err != nil {
		return nil, fmt.Errorf("sign-in provider: address %q: %w", o.Addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("sign-in provider: %q is not a loopback address", o.Addr)
	}
	key, err := goodKey()
	if err != nil {
		return nil, fmt.Errorf("sign-in provider: key: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("sign-in provider: listen: %w", err)
	}
	p := &Provider{
		Issuer: "http://" + l.Addr().String(), ClientID: o.ClientID, Secret: o.Secret, Users: o.Users,
		key: key, served: make(chan struct{}), pushed: map[string]url.Values{},
	}
	p.storage = newStorage(o, key)
	p.storage.issuer = p.Issuer
	handler, err := p.handler()
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	p.server = &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		defer close(p.served)
		_ = p.server.Serve(l) // returns ErrServerClosed
	}()
	context.AfterFunc(ctx, func() { _ = p.Close() })
	return p, nil
}

// Close ends the provider and its connections.
func (p *Provider) Close() error {
	err := p.server.Close()
	<-p.served
	return err
}

// handler returns the library's provider with our login page in front of it and the
// faults around it.
func (p *Provider) handler() (http.Handler, error) {
	p.crypto = opaque{op.NewAES256GCMCrypto([32]byte([]byte(rand.Text() + rand.Text())[:32]), "oidcdev")}
	config := &op.Config{
		DefaultLogoutRedirectURI: p.Issuer + "/signed-out",
		CodeMethodS256:           true, AuthMethodPost: true, AuthMethodPrivateKeyJWT: true, SupportedScopes: []string{"openid", "email", "profile"},
		BackChannelLogoutSupported: true, BackChannelLogoutSessionSupported: true,
	}
	provider, err := op.NewProvider(config, p.storage, op.StaticIssuer(p.Issuer), op.WithAllowInsecure(), op.WithCrypto(p.crypto))
	if err != nil {
		return nil, fmt.Errorf("sign-in provider: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", p.rememberBrowser(p.misbehave(p.onlyBy(p.pushes(provider)))))
	mux.Handle("GET /login", p.rememberBrowser(p.loginPage(op.AuthCallbackURL(provider))))
	mux.HandleFunc("GET /signed-out", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "You are signed out.\n")
	})
	return mux, nil
}
