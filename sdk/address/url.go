package address

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Form says what an address may have in addition to scheme, host and port.
type Form struct {
	Schemes  []string // in lower case
	Path     bool
	Query    bool
	Fragment bool   // the part after #, which only browsers read
	User     bool   // a user, with or without a password
	Example  string // shown in error messages
}

var web = []string{"http", "https"}

var (
	// Server is a server that is called at its root.
	Server = Form{Schemes: web, Example: "https://example.org"}
	// Base is an address to which a path is appended.
	Base = Form{Schemes: web, Path: true, Example: "https://example.org/path"}
	// Resource is one page or route.
	Resource = Form{Schemes: web, Path: true, Query: true, Example: "https://example.org/path"}
	// Link is a Base that only browsers open: an application in the browser may
	// keep its own path and query in the fragment.
	Link = Form{Schemes: web, Path: true, Fragment: true, Example: "https://example.org/path"}
	// Page is a Resource that only browsers open.
	Page = Form{Schemes: web, Path: true, Query: true, Fragment: true, Example: "https://example.org/path"}
	// Proxy is a web proxy.
	Proxy = Form{Schemes: web, User: true, Example: "http://proxy.example.org:3128"}
	// Media is LiveKit's server, with the browsers' scheme or that of API calls.
	Media = Form{Schemes: []string{"ws", "wss", "http", "https"}, Path: true, Example: "wss://livekit.example.org"}
)

// Check says what is wrong with an absolute URL, nil for nothing.
func (f Form) Check(text string) error {
	u, err := url.Parse(text)
	if err != nil || !slices.Contains(f.Schemes, u.Scheme) || u.Hostname() == "" {
		if err == nil {
			text = u.Redacted()
		}
		return fmt.Errorf("%q is not a URL such as %s", hide(text), f.Example)
	}
	shown := u.Redacted()
	if err := checkAuthority(u); err != nil {
		return fmt.Errorf("%q: %w", shown, err)
	}
	switch {
	case u.User != nil && !f.User:
		return fmt.Errorf("%q: leave out user and password, which are not used", shown)
	case strings.Contains(text, "#") && !f.Fragment:
		return fmt.Errorf("%q: leave out the fragment, which no server gets", shown)
	case (u.RawQuery != "" || u.ForceQuery) && !f.Query && !strings.Contains(text, "#"): // of a Link, what follows goes behind #
		return fmt.Errorf("%q: leave out the query, which is not used", shown)
	case strings.Trim(u.Path, "/") != "" && !f.Path:
		return fmt.Errorf("%q must be scheme and host alone, such as %s", shown, f.Example)
	}
	return nil
}

// checkAuthority checks host and port.
func checkAuthority(u *url.URL) error {
	if strings.HasSuffix(u.Host, ":") {
		return fmt.Errorf("there is no port after the colon")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return fmt.Errorf("%s is not a port between 1 and 65535", port)
		}
	}
	return Host(u.Hostname())
}

// hide removes whatever may be a password from a text that is not a URL.
func hide(text string) string {
	if i := strings.LastIndex(text, "@"); i >= 0 {
		return "…" + text[i:]
	}
	return text
}

// Lower gives a URL its scheme and host as browsers write them in Origin and
// Host: in lower case, without the scheme's default port and without a trailing
// slash. A text that is not a URL stays as it is.
func Lower(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return text
	}
	u.Host = strings.ToLower(u.Host)
	for scheme, port := range map[string]string{"http": ":80", "https": ":443"} {
		if u.Scheme == scheme {
			u.Host = strings.TrimSuffix(u.Host, port)
		}
	}
	return strings.TrimSuffix(u.String(), "/")
}
