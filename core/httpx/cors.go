package httpx

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"github.com/gin-gonic/gin"

	"foyer/core/config"
)

// cors answers pages from other origins (core-rest.md 1.11).
type cors struct {
	all      bool
	origins  []string
	patterns []*regexp.Regexp
}

func newCORS(cfg config.HTTP) (*cors, error) {
	x := &cors{all: cfg.CORSAllowAll, origins: cfg.CORSOrigins}
	for _, text := range cfg.CORSOriginRegexes {
		p, err := regexp.Compile(text)
		if err != nil {
			return nil, fmt.Errorf("http.cors.allowed_origin_regexes: %w", err)
		}
		x.patterns = append(x.patterns, p)
	}
	return x, nil
}

// handle sets the headers for an allowed origin and reports whether it sent the
// answer, as it does for preflights.
func (x *cors) handle(c *gin.Context) bool {
	origin := c.Request.Header.Get("Origin")
	if origin == "" || !x.allows(origin) {
		return false
	}
	h := c.Writer.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Credentials", "true")
	if c.Request.Method != http.MethodOptions || c.Request.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Headers", "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with")
	h.Set("Access-Control-Allow-Methods", "DELETE, GET, OPTIONS, PATCH, POST, PUT")
	h.Set("Access-Control-Max-Age", "86400")
	c.AbortWithStatus(http.StatusOK)
	return true
}

func (x *cors) allows(origin string) bool {
	return x.all || slices.Contains(x.origins, origin) ||
		slices.ContainsFunc(x.patterns, func(p *regexp.Regexp) bool { return matchesFromStart(p, origin) })
}

// matchesFromStart anchors the expression at the start only, as the replaced
// server does.
func matchesFromStart(p *regexp.Regexp, text string) bool {
	at := p.FindStringIndex(text)
	return at != nil && at[0] == 0
}
