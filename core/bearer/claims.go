package bearer

import (
	"time"

	"github.com/google/uuid"

	"foyer/sdk/identifier"
)

// wellFormed: names must be text, or somebody else made the token.
func (c claims) wellFormed() error {
	for _, name := range []string{"sub", "jti"} {
		if value, given := c[name]; given {
			if _, ok := value.(string); !ok {
				return errDefer
			}
		}
	}
	return nil
}

// timely checks iat, nbf and exp without leeway. exp equal to now has expired.
func (c claims) timely(now time.Time) error {
	at := float64(now.UnixMicro()) / 1e6
	for _, name := range []string{"iat", "nbf"} {
		if seconds, _, ok := c.number(name); !ok || seconds > at {
			return errDefer
		}
	}
	switch seconds, given, ok := c.number("exp"); {
	case !ok || !given: // all our issuers set it, and tokens must end
		return errDefer
	case seconds <= at:
		return refuse(msgExpired)
	}
	return nil
}

// ends is the exp of a timely token, in whole seconds.
func (c claims) ends() time.Time {
	seconds, _, _ := c.number("exp")
	return time.Unix(int64(min(seconds, farAway)), 0)
}

// farAway is a time, in seconds, that no token lives to see: later ones do not
// fit everywhere.
const farAway = 1 << 40

func (c claims) issuedBy(issuer string) error {
	if issuer == "" {
		return nil
	}
	value, given := c["iss"]
	if !given {
		return errDefer
	}
	if text, _ := value.(string); !identifier.SameIssuer(text, issuer) {
		return refuse(msgToken)
	}
	return nil
}

func (c claims) meantFor(audience string) error {
	names := textsOf(c["aud"])
	given := c["aud"] != nil && c["aud"] != "" && (names == nil || len(names) > 0)
	switch {
	case audience == "" && !given:
		return nil
	case audience != "" && !given:
		return errDefer
	}
	for _, name := range names {
		if audience != "" && name == audience {
			return nil
		}
	}
	return refuse(msgToken)
}

// textsOf returns a text or a list of texts as a list, nil for anything else.
func textsOf(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		list := make([]string, 0, len(v))
		for _, x := range v {
			text, ok := x.(string)
			if !ok {
				return nil
			}
			list = append(list, text)
		}
		return list
	}
	return nil
}

// text returns a claim that is text, "" for anything else.
func (c claims) text(name string) string {
	text, _ := c[name].(string)
	return text
}

// actor is the acting application, from the claim of RFC 8693 4.1; "" if there is
// none.
func (c claims) actor() string {
	act, _ := c["act"].(map[string]any)
	name, _ := act["sub"].(string)
	return name
}

// client is the application acting for the user; ok is false if the token names
// none, or two.
func (c claims) client() (id string, ok bool) {
	id, actor := c.text("client_id"), c.actor()
	switch {
	case id == "":
		return actor, actor != ""
	case actor != "" && actor != id:
		return "", false
	}
	return id, true
}

// user is the account being acted for: user_id, or sub where an application acts
// for it. given is false if the token names none; a malformed id is uuid.Nil.
func (c claims) user() (id uuid.UUID, given bool) {
	value := c.text("user_id")
	if value == "" && c.actor() != "" {
		value = c.text("sub")
	}
	if value == "" {
		return uuid.Nil, false
	}
	id, err := uuid.Parse(value)
	if err != nil {
		return uuid.Nil, true
	}
	return id, true
}
