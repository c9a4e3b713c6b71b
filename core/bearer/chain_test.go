package bearer_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/bearer"
	"foyer/sdk/reply"
)

func TestChain_asks_in_order_and_stops_at_the_first_answer(t *testing.T) {
	b, p := &book{}, &provider{}
	chain := bearer.Chain{applicationStage(b), addonsStage(b), bearer.NewResource(bearer.ResourceOptions{Introspector: p, Accounts: p})}
	for token, want := range map[string]bearer.Kind{
		sign(t, hs256, legacy(), []byte(secret)):      bearer.ApplicationJWT,
		sign(t, hs256, addon(), []byte(addonsSecret)): bearer.AddonsJWT,
		"opaque": bearer.ResourceServer,
		sign(t, hs256, legacy(), []byte("a secret of nobody here")): bearer.ResourceServer,
	} {
		p.asked = ""
		identity, err := chain.Authenticate(t.Context(), bearerOf(token))
		require.NoError(t, err)
		require.Equal(t, want, identity.Kind)
		require.Equal(t, want == bearer.ResourceServer, p.asked != "", "the provider is asked about no token of ours")
	}
	expired := sign(t, hs256, with(addon(), object{"exp": 1}), []byte(addonsSecret))
	p.asked = ""
	_, err := chain.Authenticate(t.Context(), bearerOf(expired))
	require.ErrorContains(t, err, "Token expired.")
	require.Empty(t, p.asked, "a refusal ends the chain")
}

func TestChain_where_all_defer_authenticates_nobody(t *testing.T) {
	for _, chain := range []bearer.Chain{nil, {applicationStage(&book{}), bearer.NewResource(bearer.ResourceOptions{})}} {
		_, err := chain.Authenticate(t.Context(), "")
		e := reply.As(err)
		require.Equal(t, 401, e.Status)
		require.Equal(t, map[string]string{"detail": "Authentication credentials were not provided."}, e.Body)
		require.Equal(t, map[string]string{"WWW-Authenticate": "Bearer"}, e.Header)
	}
}

func TestAdmit_takes_one_header(t *testing.T) {
	chain := bearer.Chain{applicationStage(&book{})}
	good := bearerOf(sign(t, hs256, with(legacy(), object{"scope": "rooms:list"}), []byte(secret)))
	for _, x := range []struct {
		headers []string
		want    string // text of the 401; "" = admitted
	}{
		{[]string{good}, ""},
		{nil, "Authentication credentials were not provided."},
		{[]string{""}, "Authentication credentials were not provided."},
		{[]string{good, good}, "Invalid token header."},
		{[]string{good, "Basic x"}, "Invalid token header."},
		{[]string{"Basic x", good}, "Invalid token header."},
		{[]string{"", good}, "Invalid token header."},
		{[]string{good + ", " + good}, "Invalid token header."},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["Authorization"] = x.headers
		_, err := chain.Admit(r, "rooms:list")
		if x.want == "" {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, map[string]string{"detail": x.want}, reply.As(err).Body, "%q", x.headers)
	}
}

func TestAdmit_holds_the_token_against_the_scope(t *testing.T) {
	chain := bearer.Chain{applicationStage(&book{})}
	ask := func(claim any, scope string) error {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", bearerOf(sign(t, hs256, with(legacy(), object{"scope": claim}), []byte(secret))))
		_, err := chain.Admit(r, scope)
		return err
	}
	for _, x := range []struct {
		claim any
		scope string
		want  string // text of the 403; "" = admitted
	}{
		{"rooms:list", "rooms:list", ""},
		{"Rooms:List", "rooms:list", ""},
		{"rooms:create rooms:list", "rooms:list", ""},
		{[]string{"rooms:create", "ROOMS:LIST"}, "rooms:list", ""},
		{nil, "rooms:list", "Insufficient permissions."},
		{"", "rooms:list", "Insufficient permissions."},
		{[]string{}, "rooms:list", "Insufficient permissions."},
		{7, "rooms:list", "Insufficient permissions."},
		{"rooms:create", "rooms:list", "Insufficient permissions. Required scope: rooms:list"},
		{"rooms:list:all", "rooms:list", "Insufficient permissions. Required scope: rooms:list"},
		{"rooms", "rooms:list", "Insufficient permissions. Required scope: rooms:list"},
		{"rooms:list", "", "Insufficient permissions. Required scope: None"},
		{"none", "", "Insufficient permissions. Required scope: None"},
	} {
		err := ask(x.claim, x.scope)
		if x.want == "" {
			require.NoError(t, err, "%v", x.claim)
			continue
		}
		e := reply.As(err)
		require.Equal(t, 403, e.Status)
		require.Equal(t, map[string]string{"detail": x.want}, e.Body, "%v", x.claim)
		require.Empty(t, e.Header)
	}
}

func TestReadScopes_keeps_what_can_be_handed_on(t *testing.T) {
	words := strings.Repeat("rooms:create ", 100_000) + "rooms:list"
	list := []any{}
	for word := range strings.FieldsSeq(words) {
		list = append(list, word)
	}
	for _, claim := range []any{words, list, "rooms:retrieve " + strings.Repeat("x", 17<<10) + " rooms:list"} {
		scopes := bearer.ReadScopes(claim, "")
		require.NotEmpty(t, scopes)
		require.LessOrEqual(t, len(strings.Join(scopes, " ")), 16<<10)
		require.False(t, scopes.Has("rooms:list"), "what was not read is not allowed")
	}
}

func TestReadScopes_cuts_the_prefix_and_nothing_else(t *testing.T) {
	require.Equal(t, bearer.Scopes{"rooms:list", "rooms:create", "other:rooms:list", "meet", "rooms:meet:x"},
		bearer.ReadScopes("meet:rooms:list MEET:Rooms:Create other:rooms:list meet meet:rooms:meet:x", "meet"))
	require.Equal(t, bearer.Scopes{"meet:rooms:list"}, bearer.ReadScopes("meet:rooms:list", "Meet"), "a prefix is configured in lower case")
	require.Equal(t, bearer.Scopes{"meet:rooms:list"}, bearer.ReadScopes([]any{"meet:rooms:list", 7}, ""))
}
