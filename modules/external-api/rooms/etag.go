package rooms

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// TagOf is the room's entity tag (RFC 9110 8.8.3): it changes with every write.
func TagOf(r module.OwnedRoom) string {
	const base = 36
	return `"` + strconv.FormatInt(r.UpdatedAt.UnixMicro(), base) + `"`
}

// guarded gives the state that If-Match asks a write to find, nil = any; a 412
// when it is not the room's.
func guarded(h http.Header, r module.OwnedRoom) (*time.Time, error) {
	values := h.Values("If-Match")
	switch {
	case len(values) == 0:
		return nil, nil
	case names(values, "*"):
		return nil, nil
	case names(values, TagOf(r)):
		return &r.UpdatedAt, nil
	}
	return nil, changed()
}

// unchanged tells whether If-None-Match names the room's state.
func unchanged(h http.Header, r module.OwnedRoom) bool {
	values := h.Values("If-None-Match")
	return names(values, "*") || names(values, TagOf(r)) || names(values, "W/"+TagOf(r))
}

// names tells whether a list of entity tags holds tag. Ours have no commas.
func names(values []string, tag string) bool {
	for _, value := range values {
		for one := range strings.SplitSeq(value, ",") {
			if strings.TrimSpace(one) == tag {
				return true
			}
		}
	}
	return false
}

func changed() error {
	return reply.Detail(http.StatusPreconditionFailed, "The room was changed meanwhile.")
}
