package identifier

import "strings"

// SameIssuer tells whether two texts name one issuer of tokens: they are equal,
// a slash at the end aside. Providers are configured with and without it, and
// the one in their tokens is seldom the one that people copy. An empty text
// names nobody.
func SameIssuer(a, b string) bool {
	return a != "" && b != "" && strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/")
}
