#!/usr/bin/env bash
# A provider publishes one key beside its own that the library cannot read, as
# RFC 7517 section 5 allows (readers are to leave such keys out): the keys of
# the provider count no more, and every valid id token is refused. A key of an
# unknown type is left out; one of a known type on a curve that is not known
# (here secp256k1 of RFC 8812) is what does it.
#
# github.com/coreos/go-oidc/v3 v3.21.0 with github.com/go-jose/go-jose/v4
# v4.1.6, November 2026.
# What to do: read the set key by key, with a KeySet of one's own.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
go mod init finding >/dev/null 2>&1
cat >main.go <<'PROGRAM'
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

func main() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "own"}}, nil)
	check(err)
	own, err := json.Marshal(jose.JSONWebKey{Key: key.Public(), KeyID: "own", Algorithm: "ES256", Use: "sig"})
	check(err)
	claims := fmt.Sprintf(`{"iss":"https://op.example.org","aud":"app","sub":"ada","exp":%d}`, time.Now().Add(time.Hour).Unix())
	signed, err := signer.Sign([]byte(claims))
	check(err)
	token, err := signed.CompactSerialize()
	check(err)
	const x, y = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
	for _, c := range []struct{ name, other string }{
		{"alone", ""},
		{"with a key of an unknown type", `{"kty":"AKP","kid":"2","alg":"ML-DSA-44","pub":"AA"},`},
		{"with a key on another curve", `{"kty":"EC","kid":"2","crv":"secp256k1","x":"` + x + `","y":"` + y + `"},`},
	} {
		set := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"keys":[%s%s]}`, c.other, own)
		}))
		ctx := context.Background()
		v := oidc.NewVerifier("https://op.example.org", oidc.NewRemoteKeySet(ctx, set.URL), &oidc.Config{ClientID: "app", SupportedSigningAlgs: []string{"ES256"}})
		_, err := v.Verify(ctx, token)
		fmt.Printf("%s: accepted=%t\n", c.name, err == nil)
		set.Close()
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
PROGRAM
go get github.com/coreos/go-oidc/v3/oidc@v3.21.0 github.com/go-jose/go-jose/v4@v4.1.6 >/dev/null 2>&1
got=$(go run .)
want=$(cat <<'SEEN'
alone: accepted=true
with a key of an unknown type: accepted=true
with a key on another curve: accepted=false
SEEN
)
echo "$got"
[ "$got" = "$want" ] || { echo "changed: the above is not what was seen, which was:"; echo "$want"; exit 1; }
