package auth

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"foyer/sdk/conf"
)

const (
	// loginTime is how long a login may take at the provider.
	loginTime = 30 * time.Minute
	// maxLogin and maxLogins limit the bytes of cookie names and values: of one
	// cookie, of which browsers take 4096 bytes with attributes, and of all, for
	// servers in front that allow 8 kB of cookies per request.
	maxLogin  = 3600
	maxLogins = 4096
	// maxTried is how many cookies of one request are tried as logins.
	maxTried = 100

	loginPurpose = "foyer login 1" // change it with the form of pending
)

// pending is a login that has been started.
type pending struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce,omitempty"`
	Verifier string    `json:"verifier,omitempty"`
	Next     string    `json:"next,omitempty"`   // where to go after sign-in, "" = the configured page
	Silent   bool      `json:"silent,omitempty"` // show the user nothing
	Added    time.Time `json:"added"`

	cookie string // its name
	size   int    // size of the cookie, bytes
}

func (p pending) ends() time.Time { return p.Added.Add(loginTime) }

// logins are the pending logins of browsers. Each is a sealed cookie of its own,
// so that tabs starting at the same moment do not overwrite each other. The
// server stores nothing about a login until the browser comes back with a code
// (docs/adr/0027).
type logins struct {
	seal    *seal
	cookies cookies
	prefix  string // of the cookies' names
	outName string // of the cookie that marks a signed-out browser
}

func newLogins(session string, secure bool, key conf.Secret) (*logins, error) {
	seal, err := newSeal(key, loginPurpose)
	if err != nil {
		return nil, err
	}
	prefix := session + "_login_"
	if secure && !strings.HasPrefix(prefix, "__Host-") {
		// No other host can set such a cookie, so none can make a browser finish
		// a login that somebody else started.
		prefix = "__Host-" + prefix
	}
	return &logins{seal: seal, cookies: cookies{secure}, prefix: prefix, outName: session + "_out"}, nil
}

// read opens the logins of the request, newest first, and names the stale
// cookies: those of another key, or too old.
func (l *logins) read(r *http.Request) (open []pending, stale []string) {
	now, tried := time.Now(), 0
	for _, k := range r.Cookies() {
		if !strings.HasPrefix(k.Name, l.prefix) {
			continue
		}
		if tried++; tried > maxTried {
			break
		}
		p := pending{}
		sealed, err := base64.RawURLEncoding.DecodeString(k.Value)
		data, ok := l.seal.open(sealed, k.Name)
		if err != nil || !ok || json.Unmarshal(data, &p) != nil || !p.ends().After(now) {
			stale = append(stale, k.Name)
			continue
		}
		p.cookie, p.size = k.Name, len(k.Name)+len(k.Value)
		open = append(open, p)
	}
	stale = slices.DeleteFunc(stale, func(name string) bool { // another host's cookie of the same name
		return slices.ContainsFunc(open, func(p pending) bool { return p.cookie == name })
	})
	slices.SortStableFunc(open, func(a, b pending) int { return cmp.Compare(b.Added.UnixNano(), a.Added.UnixNano()) })
	return open, stale
}

// find returns the login of a state. under reports whether any is pending.
func (l *logins) find(r *http.Request, state string) (login pending, known, under bool) {
	open, _ := l.read(r)
	for _, p := range open {
		if state != "" && equal(p.State, state) {
			return p, true, true
		}
	}
	return pending{}, false, len(open) > 0
}

// remember gives the browser a login, and removes stale ones and the oldest ones
// that no longer fit. A page to return to that does not fit is left out.
func (l *logins) remember(w http.ResponseWriter, r *http.Request, p pending) error {
	open, stale := l.read(r)
	p.cookie = l.prefix + randomText(8)
	value, err := l.value(p)
	if err == nil && len(p.cookie)+len(value) > maxLogin {
		p.Next = ""
		value, err = l.value(p)
	}
	if err != nil {
		return err
	}
	room := maxLogins - len(p.cookie) - len(value)
	for _, old := range open {
		if room -= old.size; room < 0 {
			stale = append(stale, old.cookie)
		}
	}
	for _, name := range stale {
		l.cookies.clear(w, r, name)
	}
	l.cookies.set(w, r, p.cookie, value, int(loginTime/time.Second), true)
	return nil
}

func (l *logins) value(p pending) (string, error) {
	var plain bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false) // it would turn each & of a URL into six bytes
	if err := e.Encode(p); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(l.seal.close(plain.Bytes(), p.cookie)), nil
}

// forget removes a login from the browser.
func (l *logins) forget(w http.ResponseWriter, r *http.Request, p pending) {
	l.cookies.clear(w, r, p.cookie)
}
