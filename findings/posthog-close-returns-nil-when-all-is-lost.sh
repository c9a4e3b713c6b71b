#!/usr/bin/env bash
# Client.Close of posthog-go returns nil when the upload of everything that was
# enqueued has timed out; only a Callback is told. Here the server takes the
# request and never answers.
#
# github.com/posthog/posthog-go v1.16.2, November 2026.
# What to do: set Config.Callback and count Failure; do not take nil from Close
# for delivered.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
go mod init finding >/dev/null 2>&1
cat >main.go <<'PROGRAM'
package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"time"

	"github.com/posthog/posthog-go"
)

type quiet struct{}

func (quiet) Debugf(string, ...any) {}
func (quiet) Logf(string, ...any)   {}
func (quiet) Warnf(string, ...any)  {}
func (quiet) Errorf(string, ...any) {}

type counting struct{ lost atomic.Int32 }

func (*counting) Success(posthog.APIMessage)          {}
func (c *counting) Failure(posthog.APIMessage, error) { c.lost.Add(1) }

func main() {
	stalled := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer stalled.Close()
	retries, callback := 0, &counting{}
	client, err := posthog.NewWithConfig("key", posthog.Config{
		Endpoint: stalled.URL, BatchUploadTimeout: time.Second, MaxRetries: &retries, Logger: quiet{}, Callback: callback,
	})
	if err != nil {
		panic(err)
	}
	for i := range 10 {
		if err := client.Enqueue(posthog.Capture{DistinctId: "user", Event: fmt.Sprint("event ", i)}); err != nil {
			panic(err)
		}
	}
	fmt.Println("close:", client.Close())
	fmt.Println("events that the callback was told are lost:", callback.lost.Load())
}
PROGRAM
go get github.com/posthog/posthog-go@v1.16.2 >/dev/null 2>&1
got=$(go run .)
want=$(cat <<'SEEN'
close: <nil>
events that the callback was told are lost: 10
SEEN
)
echo "$got"
[ "$got" = "$want" ] || { echo "changed: the above is not what was seen, which was:"; echo "$want"; exit 1; }
