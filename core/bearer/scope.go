package bearer

import (
	"net/http"
	"slices"
	"strings"

	"foyer/sdk/reply"
)

// The scopes that the API knows. RoomsListAll is our addition: it widens list and
// retrieve to rooms that the application did not create.
const (
	RoomsList     = "rooms:list"
	RoomsListAll  = "rooms:list:all"
	RoomsRetrieve = "rooms:retrieve"
	RoomsCreate   = "rooms:create"
	RoomsUpdate   = "rooms:update"
	RoomsDelete   = "rooms:delete"
)

// Scopes are what a token allows, in lower case and without the prefix.
type Scopes []string

// ReadScopes reads a scope claim: space-separated text, or a list of texts.
// Entries are lower-cased, then "<prefix>:" is cut from those that begin with it
// (external-api.md 2.2); "" cuts nothing. Anything beyond 16 KiB is ignored,
// since the scopes travel with the caller to the module's process.
func ReadScopes(claim any, prefix string) Scopes {
	var words []string
	switch v := claim.(type) {
	case string:
		words = strings.Fields(v)
	case []string:
		words = v
	case []any:
		for _, x := range v {
			if word, ok := x.(string); ok {
				words = append(words, word)
			}
		}
	}
	scopes, left := make(Scopes, 0, min(len(words), 8)), maxToken
	for _, word := range words {
		if left -= len(word) + 1; left < 0 {
			break
		}
		word = strings.ToLower(word)
		if prefix != "" {
			word = strings.TrimPrefix(word, prefix+":")
		}
		scopes = append(scopes, word)
	}
	return scopes
}

// Has reports whether scope is among them.
func (s Scopes) Has(scope string) bool { return slices.Contains(s, scope) }

// Require returns nil if scope is among them, else the 403 of external-api.md
// 2.2. No token has the scope "", the scope of verbs without one.
func (s Scopes) Require(scope string) error {
	switch {
	case len(s) == 0:
		return reply.Detail(http.StatusForbidden, msgNoScope)
	case scope == "":
		return reply.Detail(http.StatusForbidden, msgRequiredScope+"None")
	case !s.Has(scope):
		return reply.Detail(http.StatusForbidden, msgRequiredScope+scope)
	}
	return nil
}
