package participants

import (
	"fmt"
	"net/http"
	"strings"

	"foyer/sdk/livekit"
	"foyer/sdk/livekit/lkproto"
	"foyer/sdk/reply"
	"foyer/sdk/schema"
)

// refuseForbidden refuses requests that name a permission that nobody may set,
// even if only to take it away.
func (s *Service) refuseForbidden(p *schema.Permission) error {
	if p.Empty() {
		return nil
	}
	var named []string
	for _, name := range s.forbidden {
		if p.Names(name) {
			named = append(named, name)
		}
	}
	if len(named) == 0 {
		return nil
	}
	return reply.Detail(http.StatusBadRequest, "Bad request.").
		Because(fmt.Errorf("forbidden permissions: %s", strings.Join(named, ", ")))
}

// applied sets the rights that p names on a permission. LiveKit takes an empty
// list of sources to mean every source: here it means that nothing may be
// published, whatever can_publish says; a participant who may publish nothing for
// that reason may do so again with the first source.
func applied(p *schema.Permission) func(*lkproto.ParticipantPermission) {
	return func(now *lkproto.ParticipantPermission) {
		hadNone := !now.CanPublish && len(now.CanPublishSources) == 0
		for name, value := range p.Rights {
			if right := rightOf(now, name); right != nil {
				*right = value
			}
		}
		if p.Sources == nil {
			return
		}
		now.CanPublishSources = sourcesOf(p.Sources)
		switch _, said := p.Rights["can_publish"]; {
		case len(now.CanPublishSources) == 0:
			now.CanPublish = false
		case hadNone && !said:
			now.CanPublish = true
		}
	}
}

func sourcesOf(names []string) []lkproto.TrackSource {
	sources := make([]lkproto.TrackSource, 0, len(names))
	for _, name := range names {
		if source, known := livekit.SourceOf(name); known {
			sources = append(sources, source)
		}
	}
	return sources
}

// rightOf returns the right of that name.
func rightOf(p *lkproto.ParticipantPermission, name string) *bool {
	switch name {
	case "can_subscribe":
		return &p.CanSubscribe
	case "can_publish":
		return &p.CanPublish
	case "can_publish_data":
		return &p.CanPublishData
	case "can_update_metadata":
		return &p.CanUpdateMetadata
	case "can_subscribe_metrics":
		return &p.CanSubscribeMetrics
	case "hidden":
		return &p.Hidden
	case "recorder":
		return &p.Recorder //nolint:staticcheck // deprecated there, allowed where it is so configured
	case "agent":
		return &p.Agent //nolint:staticcheck // as recorder
	}
	return nil
}
