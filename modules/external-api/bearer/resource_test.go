package bearer_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/module"
	"foyer/core/module/reply"
	"foyer/modules/external-api/bearer"
)

// provider answers for every token, and knows ada and gone by their subjects.
type provider struct {
	answer  bearer.Introspection
	asked   string
	created bool
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

func (p *provider) UserBySub(_ context.Context, sub string, create bool) (bearer.User, error) {
	switch {
	case sub == "ada":
		return ada, nil
	case sub == "gone":
		return gone, nil
	case create:
		p.created = true
		return bearer.User{ID: ada.ID, Active: true}, nil
	}
	return bearer.User{}, module.ErrNotFound
}

func TestResource_admits_the_account_of_the_subject(t *testing.T) {
	p := &provider{answer: bearer.Introspection{Subject: "ada", ClientID: "planner", Scope: "meet meet:Rooms:List"}}
	s := bearer.NewResource(bearer.ResourceOptions{Introspector: p, Subjects: p, ScopePrefix: "meet"})
	got, identity := verdict(t, s, "Bearer opaque")
	require.Equal(t, "admit", got)
	require.Equal(t, &bearer.Identity{
		Kind: bearer.ResourceServer, User: ada, ClientID: "planner", Scopes: bearer.Scopes{"meet", "rooms:list"},
	}, identity)
}

func TestResource_refuses_whom_it_does_not_know(t *testing.T) {
	ask := func(sub string, create bool) (string, *provider) {
		p := &provider{answer: bearer.Introspection{Subject: sub, Scope: "x"}}
		got, _ := verdict(t, bearer.NewResource(bearer.ResourceOptions{Introspector: p, Subjects: p, CreateUser: create}), "Bearer opaque")
		return got, p
	}
	got, _ := ask("", true)
	require.Equal(t, "Login failed", got)
	got, _ = ask("stranger", false)
	require.Equal(t, "Login failed: No user found for the given access token.", got)
	got, _ = ask("gone", true)
	require.Equal(t, "User account is disabled.", got)
	got, p := ask("stranger", true)
	require.Equal(t, "admit", got)
	require.True(t, p.created)
}

func TestResource_that_is_not_configured_refuses_every_token(t *testing.T) {
	got, _ := verdict(t, bearer.NewResource(bearer.ResourceOptions{}), "Bearer opaque")
	require.Equal(t, "Resource Server is improperly configured", got)
}

func TestResource_hands_on_what_the_provider_says(t *testing.T) {
	p := &provider{fail: errors.New("down")}
	_, err := bearer.NewResource(bearer.ResourceOptions{Introspector: p, Subjects: p}).Authenticate(t.Context(), "Bearer opaque")
	require.ErrorIs(t, err, p.fail)
}
