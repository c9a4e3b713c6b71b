package rooms

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// TagOf returns the room's entity tag (RFC 9110 8.8.3), which changes with every write.
func TagOf(r module.OwnedRoom) string {
	const base = 36
	return `"` + strconv.FormatInt(r.UpdatedAt.UnixMicro(), base) + `"`
}

// guarded returns the state that If-Match requires a write to find, nil for any, or a
// 412 if the room is in another state.
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

// unchanged reports whether If-None-Match names the room's state.
func unchanged(h http.Header, r module.OwnedRoom) bool {
	values := h.Values("If-None-Match")
	return names(values, "*") || names(values, TagOf(r)) || names(values, "W/"+TagOf(r))
}

// names reports whether a list of entity tags contains tag. Ours contain no commas.
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
