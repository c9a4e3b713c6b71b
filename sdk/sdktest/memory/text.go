package memory

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"foyer/sdk/module"
)

// holds reports whether a database can hold the text.
func holds(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

// checkText refuses what a database cannot hold.
func checkText(texts ...string) error {
	for _, text := range texts {
		if !holds(text) {
			return fmt.Errorf("%w: text with a NUL or broken UTF-8", module.ErrInvalid)
		}
	}
	return nil
}
