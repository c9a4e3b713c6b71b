package livekit

import (
	"context"
	"errors"
	"time"

	lkproto "github.com/livekit/protocol/livekit"
)

// Participant is somebody in a live room.
type Participant struct {
	SID        string // of this connection; a later one of the same identity has another
	Identity   string
	Name       string
	Metadata   string
	Attributes map[string]string
	// Permission is what they may do. It is the server's own type, so that
	// changing one right keeps those that a newer server adds.
	Permission *lkproto.ParticipantPermission
	JoinedAt   time.Time
	// Disconnected: they have left, and the server has not forgotten them yet.
	Disconnected bool
}

// GetParticipant returns the participant. ErrNotFound when the room is not live
// or they are not in it.
func (c *Client) GetParticipant(ctx context.Context, room, identity string) (Participant, error) {
	return call(ctx, c, "RoomService.GetParticipant", admin(room), func(ctx context.Context) (Participant, error) {
		p, err := c.rooms.GetParticipant(ctx, &lkproto.RoomParticipantIdentity{Room: room, Identity: identity})
		if err != nil {
			return Participant{}, err
		}
		return participantOf(p), nil
	})
}

// ListParticipants returns everybody in the room, agents and recorders
// included; nobody when it is not live.
func (c *Client) ListParticipants(ctx context.Context, room string) ([]Participant, error) {
	return call(ctx, c, "RoomService.ListParticipants", admin(room), func(ctx context.Context) ([]Participant, error) {
		resp, err := c.rooms.ListParticipants(ctx, &lkproto.ListParticipantsRequest{Room: room})
		if err != nil {
			return nil, err
		}
		list := make([]Participant, 0, len(resp.GetParticipants()))
		for _, p := range resp.GetParticipants() {
			list = append(list, participantOf(p))
		}
		return list, nil
	})
}

// MuteTrack mutes a published track. An unknown track of a participant who is
// there is no error. For a participant who is not, the server answers
// ErrUnavailable, and only after 3 s: ask GetParticipant then.
func (c *Client) MuteTrack(ctx context.Context, room, identity, track string) error {
	_, err := call(ctx, c, "RoomService.MutePublishedTrack", admin(room),
		func(ctx context.Context) (*lkproto.MuteRoomTrackResponse, error) {
			return c.rooms.MutePublishedTrack(ctx, &lkproto.MuteRoomTrackRequest{
				Room: room, Identity: identity, TrackSid: track, Muted: true,
			})
		})
	return err
}

// ParticipantUpdate is what changes; zero values are left as they are.
type ParticipantUpdate struct {
	Name     string
	Metadata string // JSON by convention
	// Attributes are merged key by key; an empty text removes its key.
	Attributes map[string]string
	// Permission replaces all rights at once: start from Participant.Permission.
	Permission *lkproto.ParticipantPermission
}

// UpdateParticipant changes a participant, and everybody in the room is told.
func (c *Client) UpdateParticipant(ctx context.Context, room, identity string, u ParticipantUpdate) error {
	_, err := call(ctx, c, "RoomService.UpdateParticipant", admin(room),
		func(ctx context.Context) (*lkproto.ParticipantInfo, error) {
			return c.rooms.UpdateParticipant(ctx, &lkproto.UpdateParticipantRequest{
				Room: room, Identity: identity, Name: u.Name, Metadata: u.Metadata,
				Attributes: u.Attributes, Permission: u.Permission,
			})
		})
	return err
}

// RemoveParticipant disconnects the participant. Their token lets them in again
// until it expires. When somebody else does so at the same moment it is done as
// well: LiveKit has the participant in its list then, waits for an answer of the
// one that is gone, and says that it is unavailable.
func (c *Client) RemoveParticipant(ctx context.Context, room, identity string) error {
	err := c.removeParticipant(ctx, room, identity)
	if !errors.Is(err, ErrUnavailable) {
		return err
	}
	if _, found := c.GetParticipant(ctx, room, identity); errors.Is(found, ErrNotFound) {
		return nil
	}
	return err
}

func (c *Client) removeParticipant(ctx context.Context, room, identity string) error {
	_, err := call(ctx, c, "RoomService.RemoveParticipant", admin(room),
		func(ctx context.Context) (*lkproto.RemoveParticipantResponse, error) {
			return c.rooms.RemoveParticipant(ctx, &lkproto.RoomParticipantIdentity{Room: room, Identity: identity})
		})
	return err
}

// admin grants everything inside one room.
func admin(room string) grant { return grant{Room: room, RoomAdmin: true} }

func participantOf(p *lkproto.ParticipantInfo) Participant {
	return Participant{
		SID: p.GetSid(), Identity: p.GetIdentity(), Name: p.GetName(), Metadata: p.GetMetadata(),
		Attributes: p.GetAttributes(), Permission: p.GetPermission(), JoinedAt: time.Unix(p.GetJoinedAt(), 0).UTC(),
		Disconnected: p.GetState() == lkproto.ParticipantInfo_DISCONNECTED,
	}
}
