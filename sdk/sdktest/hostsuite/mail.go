package hostsuite

import (
	"fmt"
	"strings"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func mailCases() []test {
	return []test{
		{"Messages are stored, and unique ones once", messagesOnce},
		{"Messages that can never be sent are given up", messagesGivenUp},
	}
}

func message() module.Message {
	return module.Message{To: []string{"ada@example.org"}, Subject: "Hello", Text: "Hello", HTML: "<p>Hello</p>", Language: "en-us"}
}

func messagesOnce(p *probe) {
	m := message()
	for range 2 {
		require.NoError(p.T, p.Mail().Enqueue(p.Context(), m))
	}
	require.Equal(p.T, 2, p.place.Messages())
	m.Unique = "a"
	for range 2 {
		require.NoError(p.T, p.Mail().Enqueue(p.Context(), m))
	}
	require.Equal(p.T, 3, p.place.Messages())
	require.NoError(p.T, p.place.Host("other").Mail().Enqueue(p.Context(), m), "it belongs to the module")
	require.Equal(p.T, 4, p.place.Messages())
	brand, err := p.Mail().Brand(p.Context())
	require.NoError(p.T, err)
	require.Equal(p.T, module.Brand{Name: "Foyer", Domain: "meet.example.org", BaseURL: "https://meet.example.org"}, brand)
}

func messagesGivenUp(p *probe) {
	for what, change := range map[string]func(m *module.Message){
		"nobody to send it to":     func(m *module.Message) { m.To = nil },
		"what is not an address":   func(m *module.Message) { m.To = []string{"Ada <ada@example.org>"} },
		"a line break":             func(m *module.Message) { m.Bcc = []string{"a@example.org\r\nBcc: b@example.org"} },
		"too many recipients":      func(m *module.Message) { m.Bcc = addresses(50) },
		"no subject":               func(m *module.Message) { m.Subject = " " },
		"a subject of two lines":   func(m *module.Message) { m.Subject = "a\nb" },
		"a long subject":           func(m *module.Message) { m.Subject = strings.Repeat("x", 501) },
		"no text":                  func(m *module.Message) { m.Text = "" },
		"no HTML":                  func(m *module.Message) { m.HTML = "" },
		"a large body":             func(m *module.Message) { m.HTML = strings.Repeat("x", 256<<10+1) },
		"what is not a language":   func(m *module.Message) { m.Language = "en us" },
		"text with a NUL":          func(m *module.Message) { m.Text = "a\x00" },
		"text that is not UTF-8":   func(m *module.Message) { m.Text = "\xff" },
		"a local part with quotes": func(m *module.Message) { m.To = []string{`"a b"@example.org`} },
	} {
		m := message()
		change(&m)
		require.ErrorIs(p.T, p.Mail().Enqueue(p.Context(), m), module.ErrGiveUp, what)
	}
	require.Zero(p.T, p.place.Messages())
	m := message()
	m.Bcc = addresses(49)
	require.NoError(p.T, p.Mail().Enqueue(p.Context(), m))
}

func addresses(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("a%d@example.org", i))
	}
	return list
}
