package identifier

import "strings"

// SameIssuer reports whether two texts name the same issuer of tokens: they are
// equal except for a trailing slash. Providers are configured with and without
// it, and the form in their tokens is seldom the one that people copy. An empty
// text matches nothing.
func SameIssuer(a, b string) bool {
	return a != "" && b != "" && strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/")
}
