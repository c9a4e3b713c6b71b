package mail_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/mail"
)

func TestEnhanced_codes_are_found_wherever_servers_put_them(t *testing.T) {
	for text, want := range map[string][2]int{
		"5.7.1 relaying denied":                          {7, 1},
		"5.7.1":                                          {7, 1},
		"#5.7.1 Your access has been rejected.":          {7, 1},
		"(5.7.1) relay":                                  {7, 1},
		"[5.7.26] unauthenticated":                       {7, 26},
		"5.7.1: policy":                                  {7, 1},
		"Requested action not taken: 5.7.1 spam":         {7, 1},
		"Relay access denied. 5.7.1.":                    {7, 1},
		"5.1.1 unknown, see 5.7.1 there":                 {1, 1},
		"no such user\nsecond line (#5.1.1)":             {1, 1},
		"mx.example.org says: 5.2.2 the mailbox is full": {2, 2},
	} {
		subject, detail, found := mail.EnhancedOf(text)
		require.True(t, found, text)
		require.Equal(t, want, [2]int{subject, detail}, text)
	}
	for _, text := range []string{
		"", "no such user", "5.7", "5.7.1.10 is on a list", "see 15.7.1 there", "4.7.1 later", "5.7.1234 x", "v5.7.1", "5.7.1-beta", "5.7.x",
	} {
		_, _, found := mail.EnhancedOf(text)
		require.False(t, found, text)
	}
}
