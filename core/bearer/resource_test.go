package bearer_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/bearer"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// provider answers for every token; the only accounts are ada's and gone's.
type provider struct {
	answer  bearer.Introspection
	asked   string
	created string
	race    bool // somebody else creates the account first
	closed  bool // no accounts are created
	unknown bool // refuses every token
	fail    error
}

func (p *provider) Introspect(_ context.Context, token string) (bearer.Introspection, error) {
	p.asked = token
	if p.unknown {
		return bearer.Introspection{}, reply.Detail(400, "no")
	}
	if p.answer == (bearer.Introspection{}) {
		p.answer = bearer.Introspection{Subject: "ada", ClientID: "planner", Scope: "lasuite_meet rooms:list"}
	}
	return p.answer, p.fail
}

func (p *provider) BySub(_ context.Context, sub string) (module.Account, error) {
	switch {
	case sub == "ada", sub == "racer" && p.created != "":
		return ada, nil
	case sub == "gone":
		return gone, nil
	}
	return module.Account{}, module.ErrNotFound
}

func (p *provider) CreateWithSub(_ context.Context, sub string) (module.Account, error) {
	switch {
	case p.closed:
		return module.Account{}, module.ErrNotAllowed
	case sub == "no good":
		return module.Account{}, module.ErrInvalid
	}
	p.created = sub
	if p.race {
		return module.Account{}, module.ErrConflict
	}
	return ada, nil
}

func TestResource_admits_the_account_of_the_subject(t *testing.T) {
	p := &provider{answer: bearer.Introspection{Subject: "ada", ClientID: "planner", Scope: "meet meet:Rooms:List", Ends: now}}
	s := bearer.NewResource(bearer.ResourceOptions{Introspector: p, Accounts: p, ScopePrefix: "meet"})
	got, identity := verdict(t, s, "Bearer opaque")
	require.Equal(t, "admit", got)
	require.Equal(t, &bearer.Identity{
		Kind: bearer.ResourceServer, Account: ada, ClientID: "planner", Source: source("client:planner"), Scopes: bearer.Scopes{"meet", "rooms:list"},
		Ends: now,
	}, identity)
}

func TestResource_refuses_whom_it_does_not_know(t *testing.T) {
	ask := func(p *provider, sub string) (*bearer.Identity, error) {
		p.answer = bearer.Introspection{Subject: sub, Scope: "x"}
		return bearer.NewResource(bearer.ResourceOptions{Introspector: p, Accounts: p}).Authenticate(t.Context(), "Bearer opaque")
	}
	for _, x := range []struct {
		sub    string
		closed bool
		status int
		body   any
	}{
		{"", false, 401, map[string]string{"detail": "Login failed"}},
		{"stranger", true, 401, map[string]string{"detail": "Login failed: No user found for the given access token."}},
		{"gone", false, 401, map[string]string{"detail": "User account is disabled."}},
		{"no good", false, 400, map[string]any{"sub": []string{"Enter a valid sub: at most 255 characters, without NUL."}}},
	} {
		_, err := ask(&provider{closed: x.closed}, x.sub)
		require.Equal(t, x.status, reply.As(err).Status, x.sub)
		require.Equal(t, x.body, reply.As(err).Body, x.sub)
	}
	long := &provider{answer: bearer.Introspection{Subject: "ada", Scope: "x", ClientID: strings.Repeat("c", 256)}}
	_, err := bearer.NewResource(bearer.ResourceOptions{Introspector: long, Accounts: long}).Authenticate(t.Context(), "Bearer opaque")
	require.Equal(t, 401, reply.As(err).Status, "a client's name without bounds")
	p := &provider{}
	identity, err := ask(p, "stranger")
	require.NoError(t, err)
	require.Equal(t, ada, identity.Account)
	require.Equal(t, "stranger", p.created)
	_, err = ask(&provider{race: true}, "racer")
	require.NoError(t, err, "who was second takes what the first one made")
}

func TestResource_that_is_not_configured_refuses_every_token(t *testing.T) {
	got, _ := verdict(t, bearer.NewResource(bearer.ResourceOptions{}), "Bearer opaque")
	require.Equal(t, "Resource Server is improperly configured", got)
}

func TestResource_hands_on_what_the_provider_says(t *testing.T) {
	p := &provider{fail: errors.New("down")}
	_, err := bearer.NewResource(bearer.ResourceOptions{Introspector: p, Accounts: p}).Authenticate(t.Context(), "Bearer opaque")
	require.ErrorIs(t, err, p.fail)
}
