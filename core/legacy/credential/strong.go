package credential

import "strings"

const (
	strongLength   = 43 // of 62 characters each: 2^256
	strongDistinct = 16
)

// Strong reports whether a secret looks randomly generated: long, of letters and
// digits of every kind, and of many different ones. What people think up does
// not; a strong secret needs few rounds.
func Strong(secret string) bool {
	if len(secret) < strongLength {
		return false
	}
	var lower, upper, digit bool
	distinct := map[byte]bool{}
	for i := range len(secret) {
		c := secret[i]
		switch {
		case c >= 'a' && c <= 'z':
			lower = true
		case c >= 'A' && c <= 'Z':
			upper = true
		case c >= '0' && c <= '9':
			digit = true
		case !strings.ContainsRune("-_+/=.~", rune(c)):
			return false
		}
		distinct[c] = true
	}
	return lower && upper && digit && len(distinct) >= strongDistinct
}

// RoundsFor is how many rounds a hash of the secret needs.
func RoundsFor(secret string) int {
	if Strong(secret) {
		return FewRounds
	}
	return ManyRounds
}
