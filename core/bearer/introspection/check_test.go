package introspection_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/bearer"
	"foyer/core/bearer/introspection"
)

func TestIntrospect_asks_as_the_contract_says(t *testing.T) {
	p := newPeer(t)
	p.says(good(nil))
	got, err := client(t, p.URL).Introspect(t.Context(), "a token+/=")
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(time.Minute), got.Ends, time.Minute)
	got.Ends = time.Time{}
	require.Equal(t, bearer.Introspection{Subject: "ada", ClientID: "planner", Scope: "openid lasuite_meet rooms:list"}, got)
	require.Equal(t, "application/x-www-form-urlencoded", p.header.Get("Content-Type"))
	require.Equal(t, "application/json", p.header.Get("Accept"))
	require.Empty(t, p.header.Get("Authorization"))
	require.Equal(t, map[string][]string{"client_id": {"meet"}, "client_secret": {"hush & co=1"}, "token": {"a token+/="}}, map[string][]string(p.forms[0]))
}

// The table in external-api.md 3.2, and what is compared beyond it.
func TestIntrospect_holds_the_answer_row_by_row(t *testing.T) {
	past, future := time.Now().Add(-time.Second).Unix(), time.Now().Add(time.Minute).Unix()
	for name, x := range map[string]struct {
		change object
		want   string // text of the 400; "" = accepted
	}{
		"as it should be":           {nil, ""},
		"no active":                 {object{"active": absent}, "The provider's answer does not tell whether the token is active."},
		"active is null":            {object{"active": nil}, "The provider's answer does not tell whether the token is active."},
		"not active":                {object{"active": false}, "The token is not active."},
		"active as text":            {object{"active": "true"}, "The token is not active."},
		"no iss":                    {object{"iss": absent}, ""},
		"iss with a slash":          {object{"iss": issuer + "/"}, ""},
		"another iss":               {object{"iss": issuer + "/x"}, "The token is of another issuer."},
		"iss of no kind":            {object{"iss": []string{issuer}}, "The token is of another issuer."},
		"iss is null":               {object{"iss": nil}, "The token is of another issuer."},
		"no exp":                    {object{"exp": absent}, ""},
		"exp is over":               {object{"exp": past}, "The token has expired."},
		"exp is not a number":       {object{"exp": "tomorrow"}, "The token's exp is not a time."},
		"exp is null":               {object{"exp": nil}, "The token's exp is not a time."},
		"nbf in the future":         {object{"nbf": future}, "The token is not valid yet."},
		"iat in the future":         {object{"iat": future}, "The token is not valid yet."},
		"iat is not a number":       {object{"iat": true}, "The token's iat is not a time."},
		"no scope":                  {object{"scope": absent}, "The token has no scope."},
		"an empty scope":            {object{"scope": ""}, "The token has no scope."},
		"other scopes":              {object{"scope": "openid Lasuite_Meet lasuite_meet2"}, "The token has none of the scopes that this server asks for."},
		"scopes as a list":          {object{"scope": []string{"openid", "lasuite_meet"}}, ""},
		"no client_id":              {object{"client_id": absent}, "The token has no client_id."},
		"an empty client_id":        {object{"client_id": ""}, "The token has no client_id."},
		"aud is us":                 {object{"aud": "meet"}, ""},
		"aud is us and others":      {object{"aud": []string{"billing", "meet"}}, ""},
		"aud is somebody else":      {object{"aud": "billing"}, "The token is meant for another audience."},
		"aud is others":             {object{"aud": []string{"account", "billing"}}, "The token is meant for another audience."},
		"aud says nothing":          {object{"aud": []string{"account"}}, ""},
		"aud is the token's client": {object{"aud": "planner"}, ""},
		"aud of no kind":            {object{"aud": 7}, "The token's audience cannot be read."},
		"an empty aud":              {object{"aud": []string{}}, ""},
		"no sub":                    {object{"sub": absent}, ""}, // left to the next stage to refuse
	} {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t)
			p.says(good(x.change))
			_, err := client(t, p.URL).Introspect(t.Context(), "token")
			if x.want == "" {
				require.NoError(t, err)
				return
			}
			code, text := status(err)
			require.Equal(t, 400, code)
			require.Equal(t, x.want, text)
		})
	}
}

func TestIntrospect_compares_the_audiences_that_are_configured(t *testing.T) {
	p := newPeer(t)
	p.says(good(object{"aud": []string{"api://meet"}, "resource": "x"}))
	_, err := client(t, p.URL, func(o *introspection.Options) { o.Config.Audiences = []string{"api://meet"} }).Introspect(t.Context(), "token")
	require.NoError(t, err)
	_, err = client(t, p.URL, func(o *introspection.Options) { o.Config.Neutral = nil }).Introspect(t.Context(), "token")
	require.Error(t, err)
	_, err = client(t, p.URL, func(o *introspection.Options) {
		o.Config.AudienceClaim, o.Config.Audiences = "azp", []string{"api://meet"}
	}).Introspect(t.Context(), "token")
	_, text := status(err)
	require.Equal(t, "The token has no azp.", text)
}

func TestIntrospect_survives_a_provider_that_misbehaves(t *testing.T) {
	redirected := newPeer(t)
	redirected.says(good(nil))
	for name, x := range map[string]struct {
		answer http.HandlerFunc
		status int
		text   string
	}{
		"not JSON": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, 400, "The provider's answer is not a JSON object."},
		"nothing":  {func(http.ResponseWriter, *http.Request) {}, 400, "The provider's answer is not a JSON object."},
		"a list":   {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "[]") }, 400, "The provider's answer is not a JSON object."},
		"null":     {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "null") }, 400, "The provider's answer is not a JSON object."},
		"a huge body": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"active":"`+strings.Repeat("x", 300<<10))
		}, 400, "The provider's answer is too long."},
		"we are refused": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, 400, "The provider refused to tell: 401 Unauthorized."},
		"it is elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, redirected.URL, http.StatusTemporaryRedirect)
		}, 400, "The provider refused to tell: 307 Temporary Redirect."},
		"it is broken": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }, 503, "Service temporarily unavailable, try again later."},
		"it is busy":   {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) }, 503, "Service temporarily unavailable, try again later."},
		"it hangs up":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 503, "Service temporarily unavailable, try again later."},
		"it stalls":    {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, 503, "Service temporarily unavailable, try again later."},
		"it stalls in the middle": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, `{"active":`)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, 503, "Service temporarily unavailable, try again later."},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t)
			p.does(x.answer)
			patience := time.Minute
			if strings.HasPrefix(name, "it stalls") {
				patience = 200 * time.Millisecond
			}
			_, err := client(t, p.URL, func(o *introspection.Options) { o.Config.Timeout = patience }).Introspect(t.Context(), "a-secret-token")
			code, text := status(err)
			require.Equal(t, x.status, code, err)
			require.Equal(t, x.text, text)
			require.NotContains(t, err.Error(), "a-secret-token")
			require.NotContains(t, err.Error(), "hush")
		})
	}
	require.Zero(t, redirected.calls(), "our secret went elsewhere")
}
