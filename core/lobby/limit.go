package lobby

import (
	"github.com/gin-gonic/gin"

	"foyer/core/httpx"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

const (
	// Scope is the throttle of requests to enter: one bucket over all rooms
	// (core-rest.md 12).
	Scope = "request_entry"
	// AddressScope is that of requests of those whom no cookie of ours tells
	// apart: by address.
	AddressScope = "request_entry_address"
)

// LimitKey counts requests by account, or by the cookie of those without one;
// who has neither is counted by address alone.
func (s *Service) LimitKey(c *gin.Context) (key string, counted bool) {
	if caller := module.CallerFrom(c.Request.Context()); caller.SignedIn() {
		return "user:" + caller.UserID.String(), true
	}
	cookie, bare, other := s.cookie(c)
	switch {
	case cookie.ID != "":
		return "lobby:" + cookie.ID, true
	case bare != "":
		return "lobby:" + bare, true
	}
	return "lobby:" + other, other != ""
}

// limitStrangers counts by address those who have neither an account nor a
// cookie of ours: each is new, and may be the same one.
func (s *Service) limitStrangers(c *gin.Context) error {
	key, guest := httpx.Guests(c)
	if cookie, _, _ := s.cookie(c); !guest || cookie.ID != "" {
		return nil
	}
	wait, err := s.throttle.Allow(c.Request.Context(), AddressScope, key)
	switch {
	case err != nil:
		return reply.Unavailable(retryAfter, err)
	case wait > 0:
		return reply.Throttled(wait)
	}
	return nil
}
