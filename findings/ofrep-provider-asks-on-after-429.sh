#!/usr/bin/env bash
# The OFREP provider reads Retry-After of a 429, says so in its error, and sends
# the next evaluation all the same: a server that asks for an hour of rest gets
# one request an evaluation.
#
# github.com/open-feature/go-sdk-contrib/providers/ofrep v0.1.7 with
# github.com/open-feature/go-sdk v1.20.0, November 2026.
# What to do: put a cache or a breaker of your own between requests and the
# provider.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
go mod init finding >/dev/null 2>&1
cat >main.go <<'PROGRAM'
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"

	"github.com/open-feature/go-sdk-contrib/providers/ofrep"
	of "github.com/open-feature/go-sdk/openfeature"
)

func main() {
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	defer srv.Close()
	if err := of.SetProviderAndWait(ofrep.NewProvider(srv.URL)); err != nil {
		panic(err)
	}
	c := of.NewClient("c")
	for range 5 {
		_, err := c.BooleanValueDetails(context.Background(), "f", false, of.NewEvaluationContext("u", nil))
		fmt.Println(err)
	}
	fmt.Println("requests:", asked.Load())
}
PROGRAM
go get github.com/open-feature/go-sdk@v1.20.0 github.com/open-feature/go-sdk-contrib/providers/ofrep@v0.1.7 >/dev/null 2>&1
got=$(go run .)
want=$(cat <<'SEEN'
error code: GENERAL: rate limit exceeded, try again after 3600.000000 seconds
error code: GENERAL: rate limit exceeded, try again after 3600.000000 seconds
error code: GENERAL: rate limit exceeded, try again after 3600.000000 seconds
error code: GENERAL: rate limit exceeded, try again after 3600.000000 seconds
error code: GENERAL: rate limit exceeded, try again after 3600.000000 seconds
requests: 5
SEEN
)
echo "$got"
[ "$got" = "$want" ] || { echo "changed: the above is not what was seen, which was:"; echo "$want"; exit 1; }
