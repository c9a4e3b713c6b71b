package identifier_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"foyer/sdk/identifier"
)

func TestValidEmail_takes_what_the_replaced_server_takes(t *testing.T) {
	for s, want := range map[string]bool{
		"a@example.org": true, "A.b+c@Sub.Example.org": true, "a@exаmple.org": true, `"a\ b"@example.org`: true, "a@localhost": true,
		"a@[127.0.0.1]": true, "a@example.xn--p1ai": true, "o'neil@example.org": true,
		"": false, "a": false, "@example.org": false, "a@": false, "a b@example.org": false, " a@example.org": false,
		"a@example": false, "a@-example.org": false, "a@example..org": false, ".a@example.org": false, "a..b@example.org": false,
		"a@b@example.org": false, "a@example.org\n": false, "a\x00@example.org": false, strings.Repeat("a", 250) + "@e.org": false,
	} {
		require.Equal(t, want, identifier.ValidEmail(s), "%q", s)
	}
}

func TestFold_knows_ASCII_letters_only(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "Ada.Lane@Example.ORG": "ada.lane@example.org", "AZ@[`{~": "az@[`{~", "İIıi": "İiıi", "ÉßẞſÅ": "ÉßẞſÅ",
		"\u212a\u212b\u017f": "\u212a\u212b\u017f", "A\xff\x00Z": "a\xff\x00z",
	} {
		require.Equal(t, want, identifier.Fold(text))
	}
}

func TestMailDomain_is_what_follows_the_last_at(t *testing.T) {
	for email, want := range map[string]string{
		"ada@Example.ORG": "example.org", "ada@\u212aelvin.example": "\u212aelvin.example", "ada@É.example": "É.example", `"a@b"@sub.example.org`: "sub.example.org", "a@[127.0.0.1]": "[127.0.0.1]",
		strings.Repeat("é", 64) + "@example.org": "example.org",
		strings.Repeat("é", 65) + "@example.org": "", "a@" + strings.Repeat("x", 256): "", "": "", "a": "", "@example.org": "", "a@": "",
	} {
		got, ok := identifier.MailDomain(email)
		require.Equal(t, want, got, email)
		require.Equal(t, want != "", ok, email)
	}
}

func TestDomain_is_a_host_name_in_lower_case(t *testing.T) {
	for text, want := range map[string]string{
		" Example.COM ": "example.com", "123.example.com": "123.example.com", "deep.sub.example.com": "deep.sub.example.com",
		"example.xn--p1ai": "example.xn--p1ai", "a-b.example.org": "a-b.example.org",
		"example..com": "", "-example.com": "", "example-.com": "", "example.com-": "", "not a domain": "", "example": "", "": "",
		"example.c": "", "exa_mple.com": "", "*.example.com": "", "example.com.": "", "exämple.com": "", "\u212aelvin.example": "", "poſt.example": "", "127.0.0.1": "",
		strings.Repeat("a", 64) + ".com": "", strings.Repeat("a.", 126) + "com": "",
	} {
		got, ok := identifier.Domain(text)
		require.Equal(t, want != "", ok, text)
		if ok {
			require.Equal(t, want, got)
		}
	}
}

func TestValidSub_takes_what_OpenID_allows(t *testing.T) {
	for sub, want := range map[string]bool{
		"ada": true, "a.b@c+d-e_1": true, "аda": true, "٣": true, "auth0|5f7c8ec7c33c6c004bbafe82": true,
		"f:0b6e7b1c-9d7f-4f0e-8a57-2f4f1b0f4c11:ada": true, "https://id.example.org/users/ada?x=1#me": true, "q80+/7w==": true,
		"CN=Ada Lane,OU=Staff;O=Example": true, "google-oauth2|1": true, `do"main\ada`: true, "<ada>&{$}%00": true, " ": true,
		"a\tb\r\n\x7f": true, strings.Repeat("~", 255): true, strings.Repeat("é", 255): true, strings.Repeat("𝄞", 255): true,
		"": false, "\x00": false, "a\x00b": false, "a\xff": false, "\xed\xa0\x80": false, strings.Repeat("a", 256): false,
		strings.Repeat("é", 256): false,
	} {
		require.Equal(t, want, identifier.ValidSub(sub), "%q", sub)
	}
}

func FuzzValidSub_takes_all_ASCII_but_NUL(f *testing.F) {
	for _, s := range []string{"auth0|x", "\x00", "a b", "é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range s {
			if r == 0 || r > unicode.MaxASCII {
				return
			}
		}
		require.Equal(t, 0 < len(s) && len(s) <= 255, identifier.ValidSub(s), "%q", s)
	})
}
