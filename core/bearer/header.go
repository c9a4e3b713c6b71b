package bearer

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// maxToken is the longest token that is decoded, in bytes; our own are below 1
// KiB and those of providers below 8 KiB.
const maxToken = 16 << 10

// words splits an Authorization header whose scheme is bearer; nil for any other
// header.
func words(header string) []string {
	parts := strings.Fields(header)
	if len(parts) == 0 || !strings.EqualFold(parts[0], "bearer") {
		return nil
	}
	return parts
}

// jwtOf takes the token out of the header as the JWT stages do; "" defers.
func jwtOf(header string) (string, error) {
	parts := words(header)
	switch {
	case parts == nil:
		return "", nil
	case len(parts) != 2:
		return "", refuse(msgHeader)
	case !utf8.ValidString(parts[1]):
		return "", refuse(msgEncoding)
	case len(parts[1]) > maxToken:
		return "", refuse(msgToken)
	}
	return parts[1], nil
}

// opaqueOf takes the token out of the header as the last stage does; "" defers. A
// token that is base64 of UTF-8 text stands for that text: some clients wrap
// theirs.
func opaqueOf(header string) (string, error) {
	parts := words(header)
	switch {
	case parts == nil:
		return "", nil
	case len(parts) == 1:
		return "", refuse(msgEmptyHeader)
	case len(parts) > 2:
		return "", refuse(msgSpaces)
	case !utf8.ValidString(parts[1]):
		return "", refuse(msgEncoding)
	case len(parts[1]) > maxToken:
		return "", refuse(msgToken)
	}
	token := parts[1]
	if inner, err := base64.StdEncoding.DecodeString(token); err == nil && len(inner) > 0 && utf8.Valid(inner) {
		token = string(inner)
	}
	return token, nil
}
