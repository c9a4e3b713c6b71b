package auth

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"foyer/sdk/reply"
)

const csrfLength = 32

// checkCSRF protects an unsafe request that a session authenticated (core-rest.md
// 1.9): origin, referer, cookie and header, in that order.
func (a *Auth) checkCSRF(r *http.Request) error {
	if origin := r.Header.Get("Origin"); origin != "" {
		o, err := originOf(origin)
		if err != nil || !a.trusts(r, o) {
			return csrfFailure("Origin checking failed - " + withoutQuery(origin) + " does not match any trusted origins.")
		}
	} else if strings.HasPrefix(a.base(r), "https://") {
		if err := a.checkReferer(r); err != nil {
			return err
		}
	}
	secrets, err := csrfSecrets(r)
	if err != nil {
		return csrfFailure("CSRF cookie " + err.Error() + ".")
	}
	given, from := r.Header.Get("X-CSRFToken"), "the 'X-Csrftoken' HTTP header"
	if given == "" {
		given, from = formToken(r), "POST"
	}
	if given == "" {
		return csrfFailure("CSRF token missing.")
	}
	got, err := unmask(given)
	if err != nil {
		return csrfFailure("CSRF token from " + from + " " + err.Error() + ".")
	}
	if !slices.ContainsFunc(secrets, func(want string) bool { return equal(got, want) }) {
		return csrfFailure("CSRF token from " + from + " incorrect.")
	}
	return nil
}

// csrfSecrets returns the secrets of all cookies of that name: a script copying
// one into the header cannot tell which is ours. If none has the form of a token,
// the error is about the first.
func csrfSecrets(r *http.Request) (secrets []string, err error) {
	err = errNotSet
	for _, k := range r.CookiesNamed(csrfCookie) {
		if k.Value == "" {
			continue
		}
		secret, fault := unmask(k.Value)
		if fault == nil {
			secrets = append(secrets, secret)
		} else if errors.Is(err, errNotSet) {
			err = fault
		}
	}
	if len(secrets) > 0 {
		return secrets, nil
	}
	return nil, err
}

func presentsCSRF(r *http.Request) bool {
	_, err := csrfSecrets(r)
	return err == nil
}

func (a *Auth) checkReferer(r *http.Request) error {
	referer := r.Header.Get("Referer")
	if referer == "" {
		return csrfFailure("Referer checking failed - no Referer.")
	}
	o, err := originOf(withoutQuery(referer))
	if err != nil || !strings.HasPrefix(o, "https://") || !a.trusts(r, o) {
		return csrfFailure("Referer checking failed - " + withoutQuery(referer) + " does not match any trusted origins.")
	}
	return nil
}

func csrfFailure(reason string) error {
	return reply.Detail(http.StatusForbidden, "CSRF Failed: "+reason)
}

// withoutQuery keeps secrets that a URL may carry out of messages.
func withoutQuery(raw string) string {
	if i := strings.IndexAny(raw, "?#"); i >= 0 {
		raw = raw[:i]
	}
	if u, err := url.Parse(raw); err == nil && u.User != nil {
		u.User = nil
		return u.String()
	}
	return raw
}

var (
	errNotSet = errors.New("not set")
	errLength = errors.New("has incorrect length")
	errChars  = errors.New("has invalid characters")
)

// unmask returns the secret of a token: the token itself, or the second half of a
// 64-character one shifted back by the first, as the replaced server masked it.
func unmask(token string) (string, error) {
	if len(token) != csrfLength && len(token) != 2*csrfLength {
		return "", errLength
	}
	for i := range len(token) {
		if strings.IndexByte(alphabet, token[i]) < 0 {
			return "", errChars
		}
	}
	if len(token) == csrfLength {
		return token, nil
	}
	out := make([]byte, csrfLength)
	for i := range out {
		mask := strings.IndexByte(alphabet, token[i])
		shifted := strings.IndexByte(alphabet, token[csrfLength+i])
		out[i] = alphabet[(shifted-mask+len(alphabet))%len(alphabet)]
	}
	return string(out), nil
}
