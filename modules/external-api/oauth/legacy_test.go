package oauth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/legacy/credential"
	"foyer/core/moduletest"
	"foyer/core/store"
)

// The rows of external-api.md 1, in order: each request is wrong in what its row
// describes and in everything that later rows check.
func TestToken_answers_by_the_rows_of_the_contract(t *testing.T) {
	w := newWorld(t, "")
	w.user("twin@example.com", "t1")
	w.user("Twin@example.com", "t2")
	const session = "Session"
	for name, x := range map[string]struct {
		form      url.Values
		change    func(*store.Application)
		status    int
		body      string
		challenge string
	}{
		"nothing": {url.Values{}, nil, 400, `{"client_id":["This field is required."],"client_secret":["This field is required."],` +
			`"grant_type":["This field is required."],"scope":["This field is required."]}`, ""},
		"blank fields": {with(w.legacy(), "client_secret", "  ", "scope", " "), nil, 400,
			`{"client_secret":["This field may not be blank."],"scope":["This field may not be blank."]}`, ""},
		"another grant": {with(w.legacy(), "grant_type", "authorization_code", "client_id", "nobody"), nil, 400,
			`{"grant_type":["\"authorization_code\" is not a valid choice."]}`, ""},
		"unknown client":            {with(w.legacy(), "client_id", "nobody", "scope", "x"), nil, 401, `{"detail":"Invalid credentials"}`, session},
		"client id in another case": {with(w.legacy(), "client_id", "Client"), nil, 401, `{"detail":"Invalid credentials"}`, session},
		"wrong secret":              {with(w.legacy(), "client_secret", strings.ToLower(w.secret), "scope", "x"), nil, 401, `{"detail":"Invalid credentials"}`, session},
		"wrong secret of an inactive application": {with(w.legacy(), "client_secret", "x"), func(a *store.Application) { a.IsActive = false },
			401, `{"detail":"Invalid credentials"}`, session},
		"inactive": {with(w.legacy(), "scope", "x"), func(a *store.Application) { a.IsActive = false }, 401, `{"detail":"Application is inactive"}`, session},
		"no e-mail": {with(w.legacy(), "scope", "rooms:create"), func(a *store.Application) { a.Domains = []string{"other.example"} },
			400, `{"error":"Scope should be a valid email address."}`, ""},
		"another domain": {with(w.legacy(), "scope", "nobody@example.org"), func(a *store.Application) { a.Domains = []string{"example.com"} },
			403, `{"error":"This application is not authorized for this email domain."}`, ""},
		"a domain below": {with(w.legacy(), "scope", "a@sub.example.com"), func(a *store.Application) { a.Domains = []string{"example.com"} },
			403, `{"error":"This application is not authorized for this email domain."}`, ""},
		"a domain that only looks like it": {with(w.legacy(), "scope", "a@\u212aelvin.example"), func(a *store.Application) { a.Domains = []string{"kelvin.example"} },
			403, `{"error":"This application is not authorized for this email domain."}`, ""},
		"no domain though one is required": {w.legacy(), func(a *store.Application) { a.RequireDomains = true },
			403, `{"error":"This application is not authorized for this email domain."}`, ""},
		"a shared address": {with(w.legacy(), "scope", "twin@example.com"), nil, 400, `{"detail":"Bad request."}`, ""},
		"nobody":           {with(w.legacy(), "scope", "nobody@example.com"), nil, 404, `{"detail":"User not found."}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.T = t
			if x.change != nil {
				before, err := w.store.ApplicationByID(t.Context(), w.app.ID)
				require.NoError(t, err)
				w.change(x.change)
				defer w.change(func(a *store.Application) {
					a.IsActive, a.Domains, a.RequireDomains = before.IsActive, before.Domains, before.RequireDomains
				})
			}
			a := w.post(tokenPath, x.form)
			require.Equal(t, x.status, a.Status, a.Body)
			require.Equal(t, x.body, a.Body)
			require.Equal(t, x.challenge, a.Header.Get("WWW-Authenticate"))
			require.Equal(t, "application/json", a.Header.Get("Content-Type"))
		})
	}
}

func TestToken_has_the_claims_and_the_body_of_the_contract(t *testing.T) {
	w := newWorld(t, "jwt_audience: meet\njwt_expiration: 90s\n")
	before := time.Now().Unix()
	a := w.post(tokenPath, w.legacy())
	text, header, claims := w.issued(a)
	require.Equal(t, `{"access_token":"`+text+`","token_type":"Bearer","expires_in":90,"scope":"rooms:create rooms:list rooms:list:all"}`, a.Body)
	require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
	require.Equal(t, map[string]any{"alg": "HS256", "typ": "at+jwt"}, header)
	iat, err := claims.GetIssuedAt()
	require.NoError(t, err)
	require.GreaterOrEqual(t, iat.Unix(), before)
	for name, want := range map[string]any{
		"client_id": "client", "delegated": true, "user_id": w.ada.ID.String(), "sub": w.ada.ID.String(), "iss": "lasuite-meet",
		"aud": "meet", "scope": "rooms:create rooms:list rooms:list:all", "nbf": claims["iat"], "exp": claims["iat"].(float64) + 90,
	} {
		require.Equal(t, want, claims[name], name)
	}
	require.Len(t, claims["jti"], 26)
	require.Len(t, claims, 11, "nothing else")
}

func TestToken_of_an_application_without_scopes_has_none(t *testing.T) {
	w := newWorld(t, "jwt_issuer: ''\n")
	w.change(func(a *store.Application) { a.Scopes = nil })
	a := w.post(tokenPath, w.legacy())
	_, _, claims := w.issued(a)
	require.NotContains(t, a.Body, "scope")
	for _, name := range []string{"scope", "iss", "aud"} {
		require.NotContains(t, claims, name)
	}
}

// No token is issued or recorded, and an empty secret signs nothing.
func TestToken_without_a_key_is_a_failure_of_ours(t *testing.T) {
	w := newWorld(t, "", func(c *moduletest.Case) { c.Config = "" })
	a := w.post(tokenPath, w.legacy())
	require.Equal(t, 500, a.Status)
	require.NotContains(t, a.Body, "access_token")
	require.Empty(t, w.audit(1))
	require.Equal(t, "server_error", object(t, w.post(tokenPath, standard(), "Authorization", basic("client", w.secret)))["error"])
	require.Equal(t, 401, w.opens(w.signed("", nil)), "an empty secret signs nothing")
}

func TestToken_takes_forms_and_JSON_alone(t *testing.T) {
	w := newWorld(t, "")
	send := func(kind, body string) moduletest.Answer {
		return w.Send(t, moduletest.Request{Method: "POST", Path: tokenPath, Body: body, Header: http.Header{"Content-Type": {kind}}})
	}
	json := `{"client_id":"client","client_secret":" ` + w.secret + ` ","grant_type":"client_credentials","scope":"user.family@example.com"}`
	require.Equal(t, 200, send("application/json", json).Status)
	require.Equal(t, 200, send("application/x-www-form-urlencoded; charset=utf-8", w.legacy().Encode()).Status)
	for kind, body := range map[string]string{"text/plain": w.legacy().Encode(), "multipart/form-data; boundary=x": "--x--"} {
		a := send(kind, body)
		require.Equal(t, 415, a.Status)
		require.Contains(t, a.Body, "Unsupported media type")
	}
	require.Equal(t, 400, send("text/plain", "").Status, "no body is an empty one")
	require.Equal(t, 400, send("application/json", `[]`).Status)
	require.Equal(t, 413, send("application/json", strings.Repeat(" ", 65<<10)).Status)
}

func TestToken_keeps_what_is_escaped_in_a_form(t *testing.T) {
	w := newWorld(t, "")
	const secret = "a&b=c+d%e f" // as an administrator of the replaced server may have chosen it
	hash, err := credential.Make(secret, 1_000)
	require.NoError(t, err)
	_, err = w.store.RotateSecret(t.Context(), w.app.ID, store.ApplicationSecret{Hash: hash}, time.Now())
	require.NoError(t, err)
	seen()
	require.Equal(t, 200, w.post(tokenPath, with(w.legacy(), "client_secret", secret)).Status)
}

func TestToken_finds_the_user_whatever_the_case_and_by_any_delegated_domain(t *testing.T) {
	w := newWorld(t, "")
	w.change(func(a *store.Application) { a.Domains = []string{"other.example", "example.com"} })
	for _, email := range []string{"user.family@example.com", "USER.FAMILY@EXAMPLE.COM", "User.Family@example.com"} {
		_, _, claims := w.issued(w.post(tokenPath, with(w.legacy(), "scope", email)))
		require.Equal(t, w.ada.ID.String(), claims["user_id"])
	}
	w.change(func(a *store.Application) { a.Domains = nil }) // removes the restriction
	w.user("else@where.example", "else")
	require.Equal(t, 200, w.post(tokenPath, with(w.legacy(), "scope", "else@where.example")).Status)
}

func TestToken_is_bound_to_the_addresses_of_its_application(t *testing.T) {
	w := newWorld(t, "")
	w.change(func(a *store.Application) { a.Addresses = []string{"192.0.2.0/24", "2001:db8::/32"} })
	for address, status := range map[string]int{"192.0.2.7": 200, "2001:db8::1": 200, "::ffff:192.0.2.7": 200, "198.51.100.1": 403, "": 403} {
		require.Equal(t, status, w.from(address, w.legacy()).Status, address)
	}
	require.Equal(t, 401, w.from("198.51.100.1", with(w.legacy(), "client_secret", "x")).Status, "strangers do not learn of it")
}

func TestToken_route_is_gone_while_applications_are_off(t *testing.T) {
	w := newWorld(t, "application_enabled: false\n")
	for _, path := range []string{tokenPath, revokePath, introspectPath} {
		a := w.post(path, w.legacy())
		require.Equal(t, 404, a.Status)
		require.Equal(t, `{"detail":"Not found."}`, a.Body)
	}
	for _, path := range []string{keysPath, metadataPath} {
		require.Equal(t, 404, w.get(path).Status)
	}
}

func TestToken_is_counted_by_client_id_and_a_secret_in_use_is_not_locked_out(t *testing.T) {
	w := newWorld(t, "", throttled(2))
	hash, err := credential.Make("thought up by somebody", 20_000) // where one hash is expensive, every refusal is
	require.NoError(t, err)
	_, err = w.store.CreateApplication(t.Context(), store.Application{
		Name: "old", ClientID: "old", IsActive: true, Secrets: []store.ApplicationSecret{{Hash: hash}},
	})
	require.NoError(t, err)
	require.Equal(t, 401, w.post(tokenPath, with(w.legacy(), "client_secret", "0")).Status)
	require.Equal(t, 401, w.post(tokenPath, with(w.legacy(), "client_secret", "1")).Status)
	a := w.post(tokenPath, with(w.legacy(), "client_secret", "2"))
	require.Equal(t, 429, a.Status)
	require.NotEmpty(t, a.Header.Get("Retry-After"))
	require.Contains(t, a.Body, "Request was throttled.")
	require.Equal(t, 401, w.from("203.0.113.66", with(w.legacy(), "client_secret", "3")).Status, "another address")
	require.Equal(t, 200, w.post(tokenPath, w.legacy()).Status)
	require.Equal(t, int64(5), w.Guard.Throttles.Load(), "every request is counted by address besides")
}

func TestToken_issued_or_refused_is_in_the_audit_log(t *testing.T) {
	w := newWorld(t, "")
	_, _, claims := w.issued(w.from("192.0.2.9", w.legacy()))
	got := w.audit(1)[0]
	require.Equal(t, store.AuditEntry{
		ID: got.ID, At: got.At, Action: "token.issue", Outcome: "ok", ClientID: "client", Application: w.app.ID, User: w.ada.ID,
		Email: "user.family@example.com", Object: w.app.Secrets[0].ID.String(), TokenID: claims["jti"].(string),
		Address: "192.0.2.9", RequestID: got.RequestID,
	}, got)
	require.NotEmpty(t, got.RequestID)
	for outcome, form := range map[string]url.Values{
		"invalid_credentials": with(w.legacy(), "client_secret", "x"), "invalid_email": with(w.legacy(), "scope", "x"),
		"user_not_found": with(w.legacy(), "scope", "nobody@example.com"),
	} {
		w.post(tokenPath, form)
		got := w.audit(1)[0]
		require.Equal(t, []string{"token.issue", outcome, "client", form.Get("scope")}, []string{got.Action, got.Outcome, got.ClientID, got.Email})
		require.Equal(t, uuid.Nil, got.User)
	}
	for _, e := range w.audit(10) {
		require.NotContains(t, e.Object+e.Email+e.ClientID, w.secret)
	}
}
