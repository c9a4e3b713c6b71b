package introspection

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"foyer/core/bearer"
	"foyer/sdk/identifier"
)

// errRefused marks answers that refuse a token, as opposed to failures to get
// one.
var errRefused = errors.New("refused")

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{errRefused}, args...)...)
}

// claims are an answer as received; numbers keep their spelling.
type claims map[string]any

// check holds the provider's answer against the rules of external-api.md 3.2, in
// their order. The error is an errRefused.
func (c *Config) check(body []byte, now time.Time) (bearer.Introspection, error) {
	var found claims
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	if err := d.Decode(&found); err != nil || found == nil {
		return bearer.Introspection{}, refuse("the provider's answer is not a JSON object")
	}
	if found.empty("active") {
		return bearer.Introspection{}, refuse("the provider's answer does not tell whether the token is active")
	}
	if _, given := found["iss"]; given && !identifier.SameIssuer(found.text("iss"), c.Issuer) {
		return bearer.Introspection{}, refuse("the token is of another issuer")
	}
	ends, err := found.timely(now)
	if err != nil {
		return bearer.Introspection{}, err
	}
	if found["active"] != true {
		return bearer.Introspection{}, refuse("the token is not active")
	}
	if err := c.checkScope(found); err != nil {
		return bearer.Introspection{}, err
	}
	if err := c.checkAudience(found); err != nil {
		return bearer.Introspection{}, err
	}
	return bearer.Introspection{
		Subject: found.text("sub"), ClientID: found.text("client_id"), Scope: found["scope"], Ends: ends,
	}, nil
}

func (c *Config) checkScope(found claims) error {
	if found.empty("scope") {
		return refuse("the token has no scope")
	}
	for _, scope := range found.texts("scope") {
		for word := range strings.SplitSeq(scope, " ") {
			if slices.Contains(c.Scopes, word) {
				return nil
			}
		}
	}
	return refuse("the token has none of the scopes that this server asks for")
}

// checkAudience requires the configured claim, as the replaced server does, and
// refuses a token whose aud names only others. The token's own client and the
// neutral names do not say whom it is for.
func (c *Config) checkAudience(found claims) error {
	if found.empty(c.AudienceClaim) {
		return refuse("the token has no %s", c.AudienceClaim)
	}
	if found.empty("aud") {
		return nil
	}
	names := found.texts("aud")
	if names == nil {
		return refuse("the token's audience cannot be read")
	}
	others := false
	for _, name := range names {
		if name == c.ClientID || slices.Contains(c.Audiences, name) {
			return nil
		}
		others = others || !slices.Contains(c.Neutral, name) && name != found.text("client_id")
	}
	if others {
		return refuse("the token is meant for another audience")
	}
	return nil
}

// timely checks the times without leeway and returns when the token ends.
func (c claims) timely(now time.Time) (ends time.Time, err error) {
	at := float64(now.UnixMicro()) / 1e6
	for _, name := range []string{"exp", "nbf", "iat"} {
		value, given := c[name]
		if !given {
			continue
		}
		n, ok := value.(json.Number)
		seconds, err := n.Float64()
		switch {
		case !ok || err != nil:
			return ends, refuse("the token's %s is not a time", name)
		case name != "exp" && seconds > at:
			return ends, refuse("the token is not valid yet")
		case name == "exp" && seconds <= at:
			return ends, refuse("the token has expired")
		case name == "exp":
			ends = now.Add(time.Duration(min(seconds-at, maxBelief.Seconds()) * float64(time.Second)))
		}
	}
	return ends, nil
}

// maxBelief is how far ahead a token's end is believed.
const maxBelief = 24 * time.Hour

// empty reports whether a claim is absent, null, or an empty text or list.
func (c claims) empty(name string) bool {
	switch v := c[name].(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	return false
}

// text returns a claim that is text, "" for anything else.
func (c claims) text(name string) string {
	text, _ := c[name].(string)
	return text
}

// texts returns a claim that is a text or a list of texts, nil for anything else.
func (c claims) texts(name string) []string {
	switch v := c[name].(type) {
	case string:
		return []string{v}
	case []any:
		all := make([]string, 0, len(v))
		for _, x := range v {
			text, ok := x.(string)
			if !ok {
				return nil
			}
			all = append(all, text)
		}
		return all
	}
	return nil
}
