#!/usr/bin/env bash
# An OpenFeature client that was made before Shutdown goes on with the old
# provider, also after another one was set: two clients of one process answer
# differently, and the old one says that it is READY.
#
# github.com/open-feature/go-sdk v1.20.0, November 2026.
# What to do: make clients after the provider is set, and new ones after a
# Shutdown; do not keep a client across it.
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

	of "github.com/open-feature/go-sdk/openfeature"
	"github.com/open-feature/go-sdk/openfeature/memprovider"
)

func provider(variant string) of.FeatureProvider {
	return memprovider.NewInMemoryProvider(map[string]memprovider.InMemoryFlag{"flag": {
		State: memprovider.Enabled, DefaultVariant: variant, Variants: map[string]any{"on": true, "off": false},
	}})
}

func main() {
	ctx, none := context.Background(), of.EvaluationContext{}
	fmt.Println("set a provider that says on:", of.SetProviderAndWait(provider("on")))
	old := of.NewClient("old")
	of.Shutdown()
	fmt.Println("set a provider that says off:", of.SetProviderAndWait(provider("off")))
	fmt.Println("client made before the shutdown:", old.Boolean(ctx, "flag", false, none), old.State())
	fmt.Println("client made after it:", of.NewClient("new").Boolean(ctx, "flag", true, none))
}
PROGRAM
go get github.com/open-feature/go-sdk@v1.20.0 >/dev/null 2>&1
got=$(go run .)
want=$(cat <<'SEEN'
set a provider that says on: <nil>
set a provider that says off: <nil>
client made before the shutdown: true READY
client made after it: false
SEEN
)
echo "$got"
[ "$got" = "$want" ] || { echo "changed: the above is not what was seen, which was:"; echo "$want"; exit 1; }
