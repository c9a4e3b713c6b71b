package auth_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/sdk/module"
)

func TestStaff_is_for_accounts_that_are_staff(t *testing.T) {
	onBoth(t, func(t *testing.T, st *store.Store) {
		w := newWorld(t, st, nil)
		a := w.browser().get("/staff/")
		require.Equal(t, http.StatusUnauthorized, a.StatusCode)
		require.Equal(t, "Session", a.Header.Get("WWW-Authenticate"))

		b := w.browser()
		b.login("ada", "")
		require.Equal(t, http.StatusForbidden, b.get("/staff/").StatusCode)
		require.Equal(t, `{"detail":"You do not have permission to perform this action."}`, b.get("/staff/").body)
		promote(t, st)
		require.Equal(t, http.StatusOK, b.get("/staff/").StatusCode)
	})
}

// promote makes all accounts staff, as an operator can.
func promote(t *testing.T, st *store.Store) {
	t.Helper()
	const statement = `UPDATE meet_user SET is_staff = true`
	if st.PgxPool() != nil {
		_, err := st.PgxPool().Exec(t.Context(), statement)
		require.NoError(t, err)
		return
	}
	_, err := st.SQLDB().ExecContext(t.Context(), statement)
	require.NoError(t, err)
}

func TestPage_sends_to_sign_in_and_back(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	page := w.url + "/page/?tab=2&name=%C3%A9"
	a := b.get(page)
	w.redirects(a, w.url+"/api/v1.0/authenticate/?returnTo="+url.QueryEscape(page))
	a = b.get(a.location() + "&login_hint=ada") // the user that the provider would ask for
	a = b.get(b.follow(a))
	w.redirects(a, page)
	require.Equal(t, http.StatusOK, b.get(page).StatusCode)

	require.Equal(t, http.StatusUnauthorized, w.browser().do("POST", "/page/").StatusCode, "what is sent is not sent again")
	require.Equal(t, http.StatusForbidden, b.do("POST", "/page/").StatusCode, "without its CSRF token")
}

// The handler gets the body as it was sent, even though it has been searched.
func TestCSRF_token_may_be_a_field_of_a_posted_form(t *testing.T) {
	w := newWorld(t, sqlite(t), nil)
	b := w.browser()
	b.login("ada", "")
	session, token := b.cookieValue("sessionid"), b.cookieValue("csrftoken")
	other := strings.Repeat("x", 32)
	e := gin.New()
	e.Any("/", func(c *gin.Context) {
		if err := w.auth.Admit(c.Writer, c.Request, module.Route{Access: module.Session}); err != nil {
			c.String(http.StatusForbidden, "%v", err)
			return
		}
		body, err := io.ReadAll(c.Request.Body)
		require.NoError(t, err)
		c.String(http.StatusOK, "%s", body)
	})
	const form = "application/x-www-form-urlencoded"
	parted := func(fields ...string) (kind, body string) {
		var text bytes.Buffer
		m := multipart.NewWriter(&text)
		for i := 0; i < len(fields); i += 2 {
			require.NoError(t, m.WriteField(fields[i], fields[i+1]))
		}
		require.NoError(t, m.Close())
		return m.FormDataContentType(), text.String()
	}
	multi, withToken := parted("name", "x", "csrfmiddlewaretoken", token, "more", strings.Repeat("y", 100_000))
	multiWrong, wrong := parted("csrfmiddlewaretoken", other)
	long := strings.Repeat("y", 100_000)
	for what, c := range map[string]struct {
		method, kind, body, header, reason string
	}{
		"alone":                        {"POST", form, "csrfmiddlewaretoken=" + token, "", ""},
		"among others":                 {"POST", form + "; charset=utf-8", "a=1&csrfmiddlewaretoken=" + masked(token, other) + "&b=" + long, "", ""},
		"in parts":                     {"POST", multi, withToken, "", ""},
		"the header is enough":         {"POST", form, "a=1", token, ""},
		"the header counts":            {"POST", form, "csrfmiddlewaretoken=" + token, other, "CSRF token from the 'X-Csrftoken' HTTP header incorrect."},
		"wrong":                        {"POST", form, "csrfmiddlewaretoken=" + other, "", "CSRF token from POST incorrect."},
		"wrong, in parts":              {"POST", multiWrong, wrong, "", "CSRF token from POST incorrect."},
		"short":                        {"POST", form, "csrfmiddlewaretoken=abc", "", "CSRF token from POST has incorrect length."},
		"behind much else":             {"POST", form, "b=" + long + "&csrfmiddlewaretoken=" + token, "", "CSRF token missing."},
		"none":                         {"POST", form, "a=1", "", "CSRF token missing."},
		"nothing":                      {"POST", form, "", "", "CSRF token missing."},
		"of another kind of body":      {"POST", "application/json", "csrfmiddlewaretoken=" + token, "", "CSRF token missing."},
		"of no kind":                   {"POST", "", "csrfmiddlewaretoken=" + token, "", "CSRF token missing."},
		"in parts without a boundary":  {"POST", "multipart/form-data", withToken, "", "CSRF token missing."},
		"in what is not a form's way":  {"PUT", form, "csrfmiddlewaretoken=" + token, "", "CSRF token missing."},
		"in the query":                 {"POST", form, "", "", "CSRF token missing."},
		"another field of like a name": {"POST", form, "xcsrfmiddlewaretoken=" + token, "", "CSRF token missing."},
	} {
		r := httptest.NewRequestWithContext(t.Context(), c.method, "/?csrfmiddlewaretoken="+token, strings.NewReader(c.body))
		r.Host = strings.TrimPrefix(w.url, "http://")
		r.Header.Set("Cookie", "sessionid="+session+"; csrftoken="+token)
		if c.kind != "" {
			r.Header.Set("Content-Type", c.kind)
		}
		if c.header != "" {
			r.Header.Set("X-CSRFToken", c.header)
		}
		a := httptest.NewRecorder()
		e.ServeHTTP(a, r)
		if c.reason != "" {
			require.Contains(t, a.Body.String(), "CSRF Failed: "+c.reason, what)
			continue
		}
		require.Equal(t, c.body, a.Body.String(), what)
	}
}
