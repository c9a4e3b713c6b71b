package mail_test

import (
	netmail "net/mail"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/mail"
)

func TestValidAddress(t *testing.T) {
	for _, good := range []string{
		"ada@example.org", "a@localhost", "A.d-a+x@Sub.Example.ORG", "!#$%&'*+-/=?^_`{|}~@example.org", "ada@münchen.example",
		"ada@xn--mnchen-3ya.example", "1@2.33", strings.Repeat("a", 64) + "@example.org",
	} {
		require.True(t, mail.ValidAddress(good), good)
	}
	for _, bad := range []string{
		"", "a", "@", "a@", "@b.org", "a@b", "a@b.c", "a b@c.org", "a@b c.org", "a@-b.org", "a@b-.org", "a@b..org", ".a@b.org", "a.@b.org",
		"a..b@c.org", "é@example.org", `"a b"@example.org`, `"a\r\nb"@example.org`, "a@[127.0.0.1]", "a@b.org\r\nBcc: x@y.org",
		"a@b.org\n", "\ra@b.org", "a@b.org,c@d.org", "a@b.org; c@d.org", "Ada <a@b.org>", "<a@b.org>", "a@b.org>", "a\x00@b.org",
		"a@b.org RCPT TO:<x@y.org>", "a@b\u2028c.org", "a%0d%0a@", strings.Repeat("a", 320) + "@example.org", "a@LOCALHOST.", "0@\xb7.00",
	} {
		require.False(t, mail.ValidAddress(bad), "%q", bad)
	}
}

// FuzzValidAddress: what passes can be used in an SMTP command and in a header.
func FuzzValidAddress(f *testing.F) {
	for _, seed := range []string{"ada@example.org", "a@b.org\r\nBcc: x@y.org", "ada@münchen.example", `"a"@b.org`, "a@localhost"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !mail.ValidAddress(text) {
			return
		}
		require.False(t, strings.ContainsAny(text, "\r\n\x00 <>,;:\"\\()[]"), "%q", text)
		parsed, err := netmail.ParseAddress(text)
		require.NoError(t, err)
		require.Equal(t, text, parsed.Address)
	})
}
