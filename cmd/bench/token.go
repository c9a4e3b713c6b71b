package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/gin-gonic/gin"

	"foyer/sdk/module"
)

const (
	tokenPath = "/external-api/v1.0/application/token/"
	// warmSecret is as long as the secrets that `gateway app create` generates.
	warmSecret = "bench-secret-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789-01"
	tokenBody  = `{"client_id":"bench","client_secret":"` + warmSecret + `","grant_type":"client_credentials","scope":"bench@example.org"}`
)

// tokens compares the token route, given a secret that it has seen, with a module that
// reads the same request and signs the same token in the same placement. In the
// gateway's process it is also compared with a bare gin handler.
func tokens(ctx context.Context, dir string, round time.Duration) ([]figure, error) {
	alone := httptest.NewServer(bareToken())
	defer alone.Close()
	near, err := tokensIn(ctx, dir, "inprocess", round, alone.URL)
	if err != nil {
		return nil, err
	}
	far, err := tokensIn(ctx, dir, "process", round)
	if err != nil {
		return nil, err
	}
	const what = "token route with a warm secret, against signing alone"
	kept := func(what string, r rates) figure {
		return figure{what: what, measured: r.against(1), promise: "0.5 or better", met: r.ratios[1] >= 0.5}
	}
	return []figure{
		kept(what+", both in the gateway's process", near),
		kept(what+", each in a process of its own", far),
		{what: "for comparison: in the gateway's process, against a bare gin handler that signs", measured: near.against(2)},
	}, nil
}

// tokensIn measures the route, the module that only signs, and the servers at the
// further addresses.
func tokensIn(ctx context.Context, dir, run string, round time.Duration, further ...string) (_ rates, err error) {
	environ := append(programsOn(run), "GATEWAY_THROTTLES__EXTERNAL_TOKEN=10000000/second",
		"GATEWAY_MODULES__SIGNER__ENABLED=true", "GATEWAY_MODULES__SIGNER__RUN="+run)
	modules := func() []module.Module { return append(programs(), newSigner()) }
	cfg, err := configuration(dir, "token-"+run, environ, modules)
	if err != nil {
		return rates{}, err
	}
	if _, err := seedProgram(ctx, cfg.Database); err != nil {
		return rates{}, err
	}
	url, stop, err := serve(ctx, cfg, modules)
	if err != nil {
		return rates{}, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if err := errors.Join(awaitOpen(url+createPath), awaitStatus(url+signPath, http.StatusMethodNotAllowed)); err != nil {
		return rates{}, err
	}
	addresses := []string{url + tokenPath, url + signPath}
	for _, f := range further {
		addresses = append(addresses, f+tokenPath)
	}
	return crowds(addresses, tokenBody, round)
}

// bareToken is the bare gin handler.
func bareToken() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.POST(tokenPath, signAlone)
	return engine
}
