package roomname

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxSlug is the longest slug, in characters.
const maxSlug = 100

// Slug derives the slug of a name (core-rest.md 5.1): NFKD, ASCII only,
// lower case, letters, digits, "_", white space and "-" kept, runs of white
// space and "-" folded into one "-", "-" and "_" trimmed at both ends. It may
// be empty.
func Slug(name string) string {
	var b strings.Builder
	pending := false
	for _, r := range norm.NFKD.String(name) {
		switch {
		case r >= unicode.MaxASCII:
			continue
		case r == '-' || isSpace(r):
			pending = true
			continue
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_':
			continue
		}
		if pending {
			b.WriteByte('-')
			pending = false
		}
		b.WriteRune(r)
	}
	return strings.Trim(b.String(), "-_")
}

// isSpace reports ASCII white space, and the separators that Python counts as
// such.
func isSpace(r rune) bool { return r == ' ' || (r >= 0x09 && r <= 0x0d) || (r >= 0x1c && r <= 0x1f) }

// ReadsAsID reports whether a slug would be read as a UUID, which no room may
// have: 32 hexadecimal digits, where a single "_" between digits counts as one.
func ReadsAsID(slug string) bool {
	hex := strings.ReplaceAll(slug, "-", "")
	if len(hex) != 32 || hex[0] == '_' || hex[31] == '_' || strings.Contains(hex, "__") {
		return false
	}
	return strings.Trim(hex, "0123456789abcdef_") == ""
}
