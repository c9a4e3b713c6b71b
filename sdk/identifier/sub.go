package identifier

import (
	"strings"
	"unicode/utf8"
)

const maxSub = 255 // characters, the column's width

// ValidSub reports whether an account can have the subject. OpenID Connect Core 2
// allows any ASCII up to 255 characters ("auth0|…", "f:<uuid>:name", URLs,
// base64), and the replaced server letters of any script. So it refuses only what
// the database cannot hold, a NUL, broken UTF-8 and more than 255 characters, and
// the empty text.
func ValidSub(sub string) bool {
	return sub != "" && !strings.ContainsRune(sub, 0) && utf8.ValidString(sub) && utf8.RuneCountInString(sub) <= maxSub
}
