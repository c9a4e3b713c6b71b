package identifier

import "unicode"

const maxSub = 255 // characters, the column's width

// ValidSub tells whether an account can have the subject: letters and digits of
// any script, and _ . @ + -, at most 255.
func ValidSub(sub string) bool {
	n := 0
	for _, r := range sub {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' && r != '.' && r != '@' && r != '+' && r != '-' {
			return false
		}
		n++
	}
	return n > 0 && n <= maxSub
}
