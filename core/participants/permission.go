package participants

import (
	"fmt"
	"net/http"
	"strings"

	lkproto "github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"

	"foyer/core/module/reply"
	"foyer/core/module/schema"
)

// refuseForbidden refuses requests that name a permission that nobody may set,
// be it to take it away.
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

// withRights is now with the rights that p names.
func withRights(now *lkproto.ParticipantPermission, p *schema.Permission) *lkproto.ParticipantPermission {
	next := &lkproto.ParticipantPermission{}
	if now != nil {
		next = proto.CloneOf(now)
	}
	for name, value := range p.Rights {
		if right := rightOf(next, name); right != nil {
			*right = value
		}
	}
	if p.Sources != nil {
		next.CanPublishSources = make([]lkproto.TrackSource, len(p.Sources))
		for i, name := range p.Sources {
			next.CanPublishSources[i] = lkproto.TrackSource(lkproto.TrackSource_value[strings.ToUpper(name)])
		}
	}
	return next
}

// rightOf is the right of a name.
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
		return &p.Recorder //nolint:staticcheck // deprecated there, allowed where it is configured so
	case "agent":
		return &p.Agent //nolint:staticcheck // as recorder
	}
	return nil
}
