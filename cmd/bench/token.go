package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"

	"foyer/core/config"
	"foyer/core/module/credential"
	"foyer/core/store"
)

const (
	tokenPath = "/external-api/v1.0/application/token/"
	// warmSecret is as long as those that `gateway app create` draws.
	warmSecret = "bench-secret-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-01"
	tokenBody  = `{"client_id":"bench","client_secret":"` + warmSecret + `","grant_type":"client_credentials","scope":"bench@example.org"}`
)

// tokens compares the token route, with a secret that it has seen, with a bare
// gin handler that reads the same request and signs the same token.
func tokens(ctx context.Context, dir string, round time.Duration) (_ []figure, err error) {
	alone, stop, err := serveHandler(bareToken())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	var all []figure
	for _, place := range []struct{ run, what string }{
		{"inprocess", "in the gateway's process"}, {"process", "in a process of its own"},
	} {
		rate, bare, ratio, err := tokensIn(ctx, dir, place.run, alone, round)
		if err != nil {
			return nil, err
		}
		all = append(all, figure{
			what:     "token route with a warm secret, its module " + place.what + ", against signing alone",
			measured: fmt.Sprintf("%.2f (%.0f and %.0f requests per second)", ratio, rate, bare),
			promise:  "0.5 or better",
			met:      ratio >= 0.5,
		})
	}
	return all, nil
}

func tokensIn(ctx context.Context, dir, run, alone string, round time.Duration) (rate, bare, ratio float64, err error) {
	environ := append(programsOn(run), "GATEWAY_THROTTLES__EXTERNAL_TOKEN=10000000/second")
	cfg, err := configuration(dir, "token-"+run, environ, programs)
	if err != nil {
		return 0, 0, 0, err
	}
	if err := seedWarm(ctx, cfg.Database); err != nil {
		return 0, 0, 0, err
	}
	url, stop, err := serve(ctx, cfg, programs)
	if err != nil {
		return 0, 0, 0, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := awaitOpen(url + createPath); err != nil {
		return 0, 0, 0, err
	}
	return crowds(url+tokenPath, alone+tokenPath, tokenBody, round)
}

// seedWarm makes a database with an application and a user to act for.
func seedWarm(ctx context.Context, cfg config.Database) error {
	hash, err := credential.Make(warmSecret, credential.RoundsFor(warmSecret))
	if err != nil {
		return err
	}
	s, err := store.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	sub, email := "bench", "bench@example.org"
	if _, err := s.CreateUser(ctx, store.User{Sub: &sub, Email: &email, IsActive: true}); err != nil {
		return err
	}
	_, err = s.CreateApplication(ctx, store.Application{
		Name: "Bench", ClientID: "bench", IsActive: true, Scopes: []string{"rooms:create"},
		Secrets: []store.ApplicationSecret{{Hash: hash}},
	})
	return err
}

// bareToken reads the request and signs, and asks nobody.
func bareToken() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.POST(tokenPath, func(c *gin.Context) {
		var r struct {
			ClientID string `json:"client_id"`
			Secret   string `json:"client_secret"`
			Grant    string `json:"grant_type"`
			Scope    string `json:"scope"`
		}
		if err := c.ShouldBindJSON(&r); err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		now := time.Now()
		text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
			"client_id": r.ClientID, "delegated": true, "user_id": "8ad3a6b5-7b7e-4f2b-9c0e-0f2f4a1c7f10",
			"sub": "8ad3a6b5-7b7e-4f2b-9c0e-0f2f4a1c7f10", "jti": "IB3MQY2VXZ6JTHTTQJ5RJQK4AU", "iss": "lasuite-meet",
			"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(), "scope": "rooms:create",
		}).SignedString([]byte(appSecret))
		if err != nil {
			c.Status(http.StatusInternalServerError)
			return
		}
		c.JSON(http.StatusOK, gin.H{"access_token": text, "token_type": "Bearer", "expires_in": 3600, "scope": "rooms:create"})
	})
	return engine
}

// serveHandler serves a handler on loopback.
func serveHandler(h http.Handler) (url string, stop func() error, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listen: %w", err)
	}
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}}
	server.Start()
	return server.URL, func() error { server.Close(); return nil }, nil
}
