package livekit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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
	// Dependent: an agent or a recorder, which keeps no meeting going and is not
	// counted in Room.Participants.
	Dependent bool
	// Disconnected: they have left, and the server has not forgotten them yet.
	Disconnected bool
	// Person: they joined by a client like a browser, in sight of the others; the
	// server's own workers, agents and telephones do not.
	Person bool
}

// GetParticipant returns the participant as the list shows them, which may lag
// behind, and which shows for ever those whose server has died: see
// AskParticipant. ErrNotFound when the room is not live or they are not in it.
func (c *Client) GetParticipant(ctx context.Context, room, identity string) (Participant, error) {
	return call(ctx, c, "RoomService.GetParticipant", admin(room), func(ctx context.Context) (Participant, error) {
		p, err := c.rooms.GetParticipant(ctx, &lkproto.RoomParticipantIdentity{Room: room, Identity: identity})
		if err != nil {
			return Participant{}, err
		}
		return ParticipantOf(p), nil
	})
}

// AskParticipant returns the participant as the server that has them knows them
// now, by an update that changes nothing. ErrNoHost, after 3 s, when they are on
// the list only.
func (c *Client) AskParticipant(ctx context.Context, room, identity string) (Participant, error) {
	return call(ctx, c, "RoomService.UpdateParticipant", admin(room), func(ctx context.Context) (Participant, error) {
		p, err := c.patient.rooms.UpdateParticipant(ctx, &lkproto.UpdateParticipantRequest{Room: room, Identity: identity})
		if err != nil {
			return Participant{}, err
		}
		return ParticipantOf(p), nil
	})
}

// ListParticipants returns everybody in the room, agents and recorders
// included, and those whose server has died; nobody when it is not live.
func (c *Client) ListParticipants(ctx context.Context, room string) ([]Participant, error) {
	return call(ctx, c, "RoomService.ListParticipants", admin(room), func(ctx context.Context) ([]Participant, error) {
		resp, err := c.rooms.ListParticipants(ctx, &lkproto.ListParticipantsRequest{Room: room})
		if err != nil {
			return nil, err
		}
		list := make([]Participant, 0, len(resp.GetParticipants()))
		for _, p := range resp.GetParticipants() {
			list = append(list, ParticipantOf(p))
		}
		return list, nil
	})
}

// MuteTrack mutes a published track. An unknown track of a participant who is
// there is no error. ErrNotFound when they are not: the list is asked first,
// because LiveKit itself takes 3 s to find that no server has them.
func (c *Client) MuteTrack(ctx context.Context, room, identity, track string) error {
	if _, err := c.GetParticipant(ctx, room, identity); err != nil {
		return err
	}
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
	// Permission replaces all rights at once, Hidden included: see Rights, which
	// keeps those that are not named. An empty list of sources is every source;
	// nothing is CanPublish false.
	Permission *lkproto.ParticipantPermission
}

// MaxName is the longest name of a participant that LiveKit takes in an update,
// in bytes. It has no limit for that in a token.
const MaxName = 256

// CutName cuts a name where LiveKit would refuse it, between two characters.
func CutName(name string) string {
	if len(name) <= MaxName {
		return name
	}
	return strings.TrimRightFunc(cut(name, MaxName), unicode.IsSpace)
}

// cut cuts between two characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}

// Plain is a text of LiveKit's as every database can hold it, in so many bytes at
// most: LiveKit takes any in tokens, and tells what its workers say.
func Plain(text string, most int) string {
	return cut(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", ""), most)
}

// UpdateParticipant changes a participant, and everybody in the room is told.
// Names are cut by CutName.
func (c *Client) UpdateParticipant(ctx context.Context, room, identity string, u ParticipantUpdate) error {
	_, err := call(ctx, c, "RoomService.UpdateParticipant", admin(room),
		func(ctx context.Context) (*lkproto.ParticipantInfo, error) {
			return c.rooms.UpdateParticipant(ctx, &lkproto.UpdateParticipantRequest{
				Room: room, Identity: identity, Name: CutName(u.Name), Metadata: u.Metadata,
				Attributes: u.Attributes, Permission: u.Permission,
			})
		})
	return err
}

// RemoveParticipant disconnects the participant. Their token lets them in again
// until it expires. When somebody else does so at the same moment it is done as
// well: LiveKit has the participant in its list then, waits for an answer of the
// one that is gone, and says that no server has them. ErrNotFound is also who is
// on the list only.
func (c *Client) RemoveParticipant(ctx context.Context, room, identity string) error {
	err := c.removeParticipant(ctx, room, identity)
	if !errors.Is(err, ErrNoHost) {
		return err
	}
	if _, found := c.GetParticipant(ctx, room, identity); errors.Is(found, ErrNotFound) {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrNotFound, err) // on the list only
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

// ParticipantOf is a participant as the server tells of them, in an event too.
func ParticipantOf(p *lkproto.ParticipantInfo) Participant {
	may := p.GetPermission()
	return Participant{
		SID: p.GetSid(), Identity: p.GetIdentity(), Name: p.GetName(), Metadata: p.GetMetadata(),
		Attributes: p.GetAttributes(), Permission: p.GetPermission(), JoinedAt: time.Unix(p.GetJoinedAt(), 0).UTC(),
		Dependent:    dependent(p),
		Disconnected: p.GetState() == lkproto.ParticipantInfo_DISCONNECTED,
		Person: p.GetKind() == lkproto.ParticipantInfo_STANDARD && !may.GetHidden() &&
			!may.GetRecorder() && !may.GetAgent(), //nolint:staticcheck // of older workers
	}
}

// dependent is what the server itself leaves out when it counts.
func dependent(p *lkproto.ParticipantInfo) bool {
	switch p.GetKind() {
	case lkproto.ParticipantInfo_AGENT, lkproto.ParticipantInfo_EGRESS:
		return true
	}
	may := p.GetPermission()
	return may.GetAgent() || may.GetRecorder() //nolint:staticcheck // deprecated there, and still what counts
}
