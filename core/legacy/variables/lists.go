package variables

import (
	"fmt"
	"strings"
)

// Keys turns a Python mapping literal into the list of its keys, in order. It
// suits Field.LegacyAs of a list.
func Keys(text string) (string, error) {
	n, err := mapping(text)
	if err != nil {
		return "", err
	}
	keys := make([]string, len(n.Keys))
	for i, k := range n.Keys {
		keys[i] = k.Name
	}
	return strings.Join(keys, ","), nil
}

// Codes turns pairs ("en-us,English;fr-fr,French") into the list of their codes.
// It suits Field.LegacyAs of a list.
func Codes(text string) (string, error) {
	var codes []string
	for pair := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		code, name, ok := strings.Cut(pair, ",")
		if !ok || strings.TrimSpace(code) == "" || strings.Contains(name, ",") {
			return "", fmt.Errorf("%q is not code,Name", strings.TrimSpace(pair))
		}
		codes = append(codes, strings.TrimSpace(code))
	}
	return strings.Join(codes, ","), nil
}
