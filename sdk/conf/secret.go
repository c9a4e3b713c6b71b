package conf

import (
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"strings"
)

const redacted = "[redacted]"

// Secret is text that formatting, JSON, YAML and slog never show. It is behind a
// pointer because fmt prints unexported fields of other types without calling
// their methods. Compare secrets with Equal, never with ==.
type Secret struct{ text *string }

// NewSecret wraps text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the text, for the one place that needs it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Equal compares in a time that reveals nothing about contents or lengths.
func (s Secret) Equal(text string) bool {
	x, y := sha256.Sum256([]byte(s.Reveal())), sha256.Sum256([]byte(text))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// IsZero reports whether no text is set.
func (s Secret) IsZero() bool { return s.text == nil }

// String, GoString, MarshalText and LogValue keep the text out of output.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return redacted
}

// GoString is used by %#v.
func (s Secret) GoString() string { return "conf.Secret(" + s.String() + ")" }

// MarshalText is used by JSON and YAML encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue is used by slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// SecretOf is the value of a section's secret, by its path such as "hook.token";
// found reports whether there is such a setting.
func SecretOf(s Section, path string) (value Secret, found bool) {
	key, rest, nested := strings.Cut(path, ".")
	for _, f := range Bind(s) {
		if f.Key != key {
			continue
		}
		if nested {
			if f.Group == nil {
				return Secret{}, false
			}
			return SecretOf(f.Group, rest)
		}
		x, ok := f.value.(typed[Secret])
		if !ok {
			return Secret{}, false
		}
		return *x.p, true
	}
	return Secret{}, false
}
