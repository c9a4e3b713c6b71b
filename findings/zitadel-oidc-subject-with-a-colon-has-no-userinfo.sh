#!/usr/bin/env bash
# A provider that is built with this library gives an opaque access token to an
# account whose subject has a colon in it (OpenID Connect Core 2 allows any
# ASCII: a URL, "f:realm:name"), and then does not know that token: userinfo is
# 401. Such tokens hold "token id:subject", and are cut at every colon when
# they come back.
#
# github.com/zitadel/oidc/v3 v3.51.17, November 2026.
# What to do: give such accounts JWT access tokens, or subjects without colons.
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

	httphelper "github.com/zitadel/oidc/v3/pkg/http"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
	"github.com/zitadel/schema"
)

// provider is what userinfo needs of a provider.
type provider struct{ crypto op.Crypto }

func (p provider) Crypto() op.Crypto     { return p.crypto }
func (p provider) Storage() op.Storage   { return store{} }
func (p provider) Decoder() httphelper.Decoder { return schema.NewDecoder() }
func (p provider) AccessTokenVerifier(context.Context) *op.AccessTokenVerifier {
	return op.NewAccessTokenVerifier("https://op.example.org", nil)
}

type store struct{ op.Storage }

func (store) SetUserinfoFromToken(_ context.Context, info *oidc.UserInfo, _, subject, _ string) error {
	info.Subject = subject
	return nil
}

func main() {
	p := provider{op.NewAESCrypto([32]byte{1})}
	for _, subject := range []string{"ada", "auth0|ada", "https://id.example.org/ada", "f:realm:ada"} {
		token, err := op.CreateBearerToken("id-of-the-token", subject, p.crypto)
		if err != nil {
			panic(err)
		}
		r := httptest.NewRequest(http.MethodGet, "/userinfo", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		op.Userinfo(w, r, p)
		fmt.Println(subject, w.Code)
	}
}
PROGRAM
go get github.com/zitadel/oidc/v3/pkg/op@v3.51.17 github.com/zitadel/schema@v1.3.2 >/dev/null 2>&1
got=$(go run . 2>/dev/null)
want=$(cat <<'SEEN'
ada 200
auth0|ada 200
https://id.example.org/ada 401
f:realm:ada 401
SEEN
)
echo "$got"
[ "$got" = "$want" ] || { echo "changed: the above is not what was seen, which was:"; echo "$want"; exit 1; }
