package oauthclient_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
	"foyer/sdk/oauthclient"
)

// got is a request that the server received.
type got struct {
	form   url.Values
	header http.Header
}

// server replies with answer and keeps the requests.
func server(t *testing.T, answer func(r *http.Request) (status int, body string)) (address string, seen func() []got) {
	t.Helper()
	var mu sync.Mutex
	var all []got
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		require.NoError(t, r.ParseForm())
		mu.Lock()
		all = append(all, got{r.PostForm, r.Header})
		mu.Unlock()
		status, body := answer(r)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL, func() []got { mu.Lock(); defer mu.Unlock(); return all }
}

func client(limit int64, ways ...string) *oauthclient.Client {
	o := oauthclient.Options{
		Identity: oauthclient.Identity{ID: "a client:1", Secret: conf.NewSecret("s%c r&t+ü")}, HTTP: http.DefaultClient, Limit: limit,
	}
	for _, w := range ways {
		o.Ways = append(o.Ways, oauthclient.Way{Method: w})
	}
	return oauthclient.New(o)
}

// RFC 6749 2.3.1: both parts are encoded as a form before they are joined.
func TestBasic_encodes_id_and_secret(t *testing.T) {
	address, seen := server(t, func(*http.Request) (int, string) { return 200, "{}" })
	_, err := client(100, oauthclient.Basic).Post(t.Context(), address, url.Values{"x": {"y"}})
	require.NoError(t, err)
	r := http.Request{Header: seen()[0].header}
	id, secret, ok := r.BasicAuth()
	require.True(t, ok)
	require.Equal(t, "a+client%3A1", id)
	require.Equal(t, "s%25c+r%26t%2B%C3%BC", secret)
	require.Equal(t, url.Values{"x": {"y"}}, seen()[0].form, "neither is in the body")
}

func TestPost_tries_the_next_way_while_the_client_is_refused_and_remembers_it(t *testing.T) {
	basicOnly := func(r *http.Request) (int, string) {
		if r.Header.Get("Authorization") == "" {
			return 400, `{"error":"invalid_client"}`
		}
		return 200, `{}`
	}
	address, seen := server(t, basicOnly)
	c := client(100, oauthclient.Post, oauthclient.Basic)
	for range 3 {
		_, err := c.Post(t.Context(), address, url.Values{})
		require.NoError(t, err)
	}
	require.Len(t, seen(), 4)

	address, seen = server(t, func(*http.Request) (int, string) { return 400, `{"error":"invalid_grant"}` })
	_, err := client(100, oauthclient.Post, oauthclient.Basic).Post(t.Context(), address, url.Values{})
	require.Error(t, err)
	require.Len(t, seen(), 1, "another refusal is none of the client")

	address, _ = server(t, func(*http.Request) (int, string) { return 401, `` })
	_, err = client(100, oauthclient.Post, oauthclient.Basic).Post(t.Context(), address, url.Values{})
	require.ErrorContains(t, err, "the client is refused, by client_secret_post, client_secret_basic: the answer is 401")
	_, err = client(100).Post(t.Context(), address, url.Values{})
	require.Error(t, err)
}

func TestPost_leaves_the_callers_form_as_it_was(t *testing.T) {
	address, _ := server(t, func(*http.Request) (int, string) { return 200, `{}` })
	form := url.Values{"token": {"t"}}
	_, err := client(100, oauthclient.Post).Post(t.Context(), address, form)
	require.NoError(t, err)
	require.Equal(t, url.Values{"token": {"t"}}, form)
}

func TestPost_refuses_an_answer_that_is_too_long(t *testing.T) {
	address, _ := server(t, func(*http.Request) (int, string) { return 200, strings.Repeat("x", 101) })
	_, err := client(100, oauthclient.Post).Post(t.Context(), address, url.Values{})
	require.ErrorIs(t, err, oauthclient.ErrTooLong)
	_, err = client(101, oauthclient.Post).Post(t.Context(), address, url.Values{})
	require.NoError(t, err)
}

func TestError_tells_what_the_server_says_and_nothing_that_was_sent(t *testing.T) {
	address, _ := server(t, func(r *http.Request) (int, string) {
		text, err := json.Marshal(map[string]string{"error": "invalid_grant", "error_description": "not " + r.PostForm.Encode() + " " + r.PostForm.Get("code") +
			" " + r.PostForm.Get("client_secret") + " for " + r.PostForm.Get("redirect_uri")})
		require.NoError(t, err)
		return 400, string(text)
	})
	form := url.Values{"code": {"0123456789"}, "redirect_uri": {"https://meet.example.org"}}
	_, err := client(1000, oauthclient.Post).Post(t.Context(), address, form)
	require.ErrorContains(t, err, `the answer is 400 "invalid_grant"`)
	require.NotContains(t, err.Error(), "0123456789")
	require.NotContains(t, err.Error(), "s%c r&t")
	require.NotContains(t, err.Error(), url.QueryEscape("s%c r&t+ü"))
	require.ErrorContains(t, err, "for https://meet.example.org")
}
