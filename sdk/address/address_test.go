package address_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/address"
)

func TestForm_refuses_what_would_be_left_out(t *testing.T) {
	for text, want := range map[string][4]string{ // of Server, Base, Resource and Proxy
		"https://example.org":              {},
		"HTTPS://Example.ORG:8443/":        {},
		"http://[2001:db8::1]:80":          {},
		"http://my_service":                {},
		"https://example.org./":            {},
		"https://example.org/path":         {"scheme and host alone", "", "", "scheme and host alone"},
		"https://example.org?a=b":          {"the query", "the query", "", "the query"},
		"https://example.org?":             {"the query", "the query", "", "the query"},
		"https://example.org#top":          {"the fragment", "the fragment", "the fragment", "the fragment"},
		"https://example.org#":             {"the fragment", "the fragment", "the fragment", "the fragment"},
		"https://ada:hunter2@example.org":  {"user and password", "user and password", "user and password", ""},
		"https://example.org:99999":        {"99999 is not a port", "99999 is not a port", "99999 is not a port", "99999 is not a port"},
		"https://example.org:0":            {"0 is not a port", "0 is not a port", "0 is not a port", "0 is not a port"},
		"https://example.org:":             {"no port", "no port", "no port", "no port"},
		"https://256.0.0.1":                {"not an IP address", "not an IP address", "not an IP address", "not an IP address"},
		"https://a..b":                     {"not a host name", "not a host name", "not a host name", "not a host name"},
		"https://münchen.example":          {"xn--", "xn--", "xn--", "xn--"},
		"https://":                         {"not a URL", "not a URL", "not a URL", "not a URL"},
		"https://:8080":                    {"not a URL", "not a URL", "not a URL", "not a URL"},
		"example.org":                      {"not a URL", "not a URL", "not a URL", "not a URL"},
		"//example.org":                    {"not a URL", "not a URL", "not a URL", "not a URL"},
		"ftp://example.org":                {"not a URL", "not a URL", "not a URL", "not a URL"},
		"https:example.org":                {"not a URL", "not a URL", "not a URL", "not a URL"},
		"https://ada:hunter2@exa mple.org": {"not a URL", "not a URL", "not a URL", "not a URL"},
		"https://ada:hunter2@a:b":          {"not a URL", "not a URL", "not a URL", "not a URL"},
	} {
		for i, form := range []address.Form{address.Server, address.Base, address.Resource, address.Proxy} {
			err := form.Check(text)
			if want[i] == "" {
				require.NoError(t, err, "%s as %+v", text, form)
				continue
			}
			require.ErrorContains(t, err, want[i], "%s as %+v", text, form)
			require.NotContains(t, err.Error(), "hunter2")
		}
	}
}

// Addresses that only browsers open may have a part that only browsers read.
func TestForm_takes_fragments_where_browsers_alone_go(t *testing.T) {
	for text, want := range map[string][2]string{ // of Link and Page
		"https://example.org/#/":             {},
		"https://example.org/#/rooms":        {},
		"https://example.org/app/?a=b#/":     {},
		"https://example.org/":               {},
		"https://example.org/?a=b":           {"the query", ""},
		"https://ada:hunter2@example.org/#/": {"user and password", "user and password"},
		"https://example.org:99999/#/":       {"not a port", "not a port"},
		"/#/":                                {"not a URL", "not a URL"},
	} {
		for i, form := range []address.Form{address.Link, address.Page} {
			err := form.Check(text)
			if want[i] == "" {
				require.NoError(t, err, text)
				continue
			}
			require.ErrorContains(t, err, want[i], text)
		}
	}
}

func TestLower_is_what_browsers_write(t *testing.T) {
	for text, want := range map[string]string{
		"HTTPS://Meet.Example.ORG":      "https://meet.example.org",
		"https://meet.example.org:443/": "https://meet.example.org",
		"http://meet.example.org:80":    "http://meet.example.org",
		"http://meet.example.org:443":   "http://meet.example.org:443",
		"https://[2001:DB8::1]:443":     "https://[2001:db8::1]",
		"https://*.Example.org":         "https://*.example.org",
		"not a URL":                     "not a URL",
		"":                              "",
	} {
		require.Equal(t, want, address.Lower(text), text)
	}
}

func TestParseListen_refuses_what_nobody_can_listen_on(t *testing.T) {
	for text, ok := range map[string]bool{
		"127.0.0.1:8080": true, ":8080": true, "0.0.0.0:0": true, "[::1]:80": true, "[::]:80": true, "localhost:80": true, "gateway.internal:80": true,
		"[fe80::1%eth0]:80": true,
		"256.0.0.1:80":      false, "1.2.3:80": false, "127.0.0.1": false, "127.0.0.1:": false, "127.0.0.1:65536": false, "127.0.0.1:-1": false,
		"127.0.0.1:http": false, "::1:80": false, "[zz::1]:80": false, "http://127.0.0.1:80": false, "a b:80": false, "*:80": false, "": false, "8080": false,
	} {
		_, err := address.ParseListen(text)
		require.Equal(t, ok, err == nil, "%q: %v", text, err)
	}
}

func TestListen_overlaps_where_the_system_would_refuse_the_second(t *testing.T) {
	for _, x := range []struct {
		a, b string
		want bool
	}{
		{"127.0.0.1:80", "127.0.0.1:80", true},
		{"127.0.0.1:80", "127.0.0.1:81", false},
		{"127.0.0.1:0", "127.0.0.1:0", false},
		{":80", "127.0.0.1:80", true},
		{":80", "[::1]:80", true},
		{":80", "gateway.internal:80", true},
		{"0.0.0.0:80", "127.0.0.1:80", true},
		{"0.0.0.0:80", "[::1]:80", false},
		{"0.0.0.0:80", "[::]:80", true},
		{"0.0.0.0:80", "0.0.0.0:80", true},
		{"[::]:80", "127.0.0.1:80", true},
		{"[::1]:80", "127.0.0.1:80", false},
		{"[::ffff:127.0.0.1]:80", "127.0.0.1:80", true},
		{"localhost:80", "127.0.0.1:80", true},
		{"localhost:80", "LOCALHOST:80", true},
		{"10.0.0.1:80", "127.0.0.1:80", false},
		{"a.internal:80", "b.internal:80", false},
		{"a.internal:80", "A.internal:80", true},
	} {
		a, err := address.ParseListen(x.a)
		require.NoError(t, err)
		b, err := address.ParseListen(x.b)
		require.NoError(t, err)
		require.Equal(t, x.want, a.Overlaps(b), "%s and %s", x.a, x.b)
		require.Equal(t, x.want, b.Overlaps(a), "%s and %s", x.b, x.a)
	}
}

func FuzzForm_shows_no_password(f *testing.F) {
	f.Add("https://ada:", "@example.org")
	f.Add("ht!tp://:", "@")
	f.Add("https://a:", "@b:99999/?#")
	f.Fuzz(func(t *testing.T, before, after string) {
		const password = "hunter2"
		if err := address.Server.Check(before + password + "@" + after); err != nil && before == "https://ada:" {
			require.NotContains(t, err.Error(), password)
		}
		_, _ = address.ParseListen(before + after)
		_ = address.Lower(before + after)
	})
}
