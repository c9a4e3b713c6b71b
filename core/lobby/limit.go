package lobby

import (
	"net/http"

	"foyer/core/httpx"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

const (
	// Scope is the throttle of requests to enter: one bucket across all rooms
	// (core-rest.md 12).
	Scope = "request_entry"
	// AddressScope is the throttle, by address, of requests that carry no cookie
	// of ours to tell them apart.
	AddressScope = "request_entry_address"
)

// LimitKey counts requests by account, or by cookie for those without one; anyone
// with neither is counted by address alone.
func (s *Service) LimitKey(r *http.Request) (key string, counted bool) {
	if caller := module.CallerFrom(r.Context()); caller.SignedIn() {
		return "user:" + caller.UserID.String(), true
	}
	cookie, bare, other := s.cookie(r)
	switch {
	case cookie.ID != "":
		return "lobby:" + cookie.ID, true
	case bare != "":
		return "lobby:" + bare, true
	}
	return "lobby:" + other, other != ""
}

// limitStrangers counts by address those who have neither an account nor a cookie
// of ours: each looks new, and may be the same person.
func (s *Service) limitStrangers(w http.ResponseWriter, r *http.Request) error {
	key, guest := httpx.Guests(r)
	if cookie, _, _ := s.cookie(r); !guest || cookie.ID != "" {
		return nil
	}
	wait, err := s.throttle.Allow(r.Context(), AddressScope, key)
	switch {
	case err != nil:
		return reply.Unavailable(retryAfter, err)
	case wait > 0:
		return reply.Throttled(wait)
	}
	return nil
}
