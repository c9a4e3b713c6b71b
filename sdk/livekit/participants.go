package livekit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"foyer/sdk/livekit/lkproto"
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
	// Dependent: an agent or a recorder, which does not keep a meeting going and
	// is not counted in Room.Participants.
	Dependent bool
	// Disconnected: they have left, but the server has not forgotten them yet.
	Disconnected bool
	// Person: they joined with a client such as a browser, visible to the others,
	// unlike the server's own workers, agents and telephones.
	Person bool
}

// GetParticipant returns the participant from LiveKit's list, which may lag
// behind and keeps participants for ever if their server died: see
// AskParticipant. ErrNotFound if the room is not live or they are not in it.
func (c *Client) GetParticipant(ctx context.Context, room, identity string) (Participant, error) {
	return c.participantCall(ctx, c.http, "RoomService.GetParticipant", room,
		&lkproto.RoomParticipantIdentity{Room: room, Identity: identity})
}

// AskParticipant returns the participant as their server knows them now, by an
// update that changes nothing. ErrNoHost, after 3 s, if they are only on the
// list.
func (c *Client) AskParticipant(ctx context.Context, room, identity string) (Participant, error) {
	return c.participantCall(ctx, c.patient, "RoomService.UpdateParticipant", room,
		&lkproto.UpdateParticipantRequest{Room: room, Identity: identity})
}

// ListParticipants returns everybody in the room, including agents, recorders and
// participants whose server has died; nobody if it is not live.
func (c *Client) ListParticipants(ctx context.Context, room string) ([]Participant, error) {
	resp := &lkproto.ListParticipantsResponse{}
	err := c.call(ctx, c.http, "RoomService.ListParticipants", admin(room), &lkproto.ListParticipantsRequest{Room: room}, resp)
	if err != nil {
		return nil, err
	}
	list := make([]Participant, 0, len(resp.GetParticipants()))
	for _, p := range resp.GetParticipants() {
		list = append(list, ParticipantOf(p))
	}
	return list, nil
}

// MuteTrack mutes a published track. An unknown track of a participant who is
// there is not an error. ErrNotFound if they are not there: the list is asked
// first, because LiveKit itself takes 3 s to find that no server has them.
func (c *Client) MuteTrack(ctx context.Context, room, identity, track string) error {
	if _, err := c.GetParticipant(ctx, room, identity); err != nil {
		return err
	}
	return c.call(ctx, c.http, "RoomService.MutePublishedTrack", admin(room),
		&lkproto.MuteRoomTrackRequest{Room: room, Identity: identity, TrackSid: track, Muted: true},
		&lkproto.MuteRoomTrackResponse{})
}

// ParticipantUpdate is a change; zero values leave things as they are.
type ParticipantUpdate struct {
	Name     string
	Metadata string // JSON by convention
	// Attributes are merged key by key; an empty text removes its key.
	Attributes map[string]string
	// Permission replaces all rights at once, Hidden included; Rights keeps those
	// that are not named. An empty list of sources means every source; to allow
	// none, set CanPublish to false.
	Permission *lkproto.ParticipantPermission
}

// MaxName is the longest name of a participant that LiveKit accepts in an update,
// in bytes. Names in tokens have no limit.
const MaxName = 256

// CutName cuts a name to MaxName, between two characters.
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

// Plain makes a text from LiveKit storable in every database, in at most that
// many bytes: LiveKit accepts anything in tokens, and passes on what its workers
// say.
func Plain(text string, most int) string {
	return cut(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x00", ""), most)
}

// UpdateParticipant changes a participant, and LiveKit tells everybody in the
// room. Names are cut by CutName.
func (c *Client) UpdateParticipant(ctx context.Context, room, identity string, u ParticipantUpdate) error {
	_, err := c.participantCall(ctx, c.http, "RoomService.UpdateParticipant", room, &lkproto.UpdateParticipantRequest{
		Room: room, Identity: identity, Name: CutName(u.Name), Metadata: u.Metadata,
		Attributes: u.Attributes, Permission: u.Permission,
	})
	return err
}

// RemoveParticipant disconnects the participant. Their token lets them in again
// until it expires. If somebody else removes them at the same moment it succeeds
// too: LiveKit still lists the participant then, waits for an answer from the one
// who is gone, and says that no server has them. A participant who is only on the
// list is ErrNotFound as well.
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
	return c.call(ctx, c.http, "RoomService.RemoveParticipant", admin(room),
		&lkproto.RoomParticipantIdentity{Room: room, Identity: identity}, &lkproto.RemoveParticipantResponse{})
}

// participantCall is a call in the room that answers with a participant.
func (c *Client) participantCall(ctx context.Context, via *http.Client, name, room string, in proto.Message) (Participant, error) {
	p := &lkproto.ParticipantInfo{}
	if err := c.call(ctx, via, name, admin(room), in, p); err != nil {
		return Participant{}, err
	}
	return ParticipantOf(p), nil
}

// admin grants everything inside one room.
func admin(room string) grant { return grant{Room: room, RoomAdmin: true} }

// ParticipantOf reads a participant from an answer or an event.
func ParticipantOf(p *lkproto.ParticipantInfo) Participant {
	may := p.GetPermission()
	return Participant{
		SID: p.GetSid(), Identity: p.GetIdentity(), Name: p.GetName(), Metadata: p.GetMetadata(),
		Attributes: p.GetAttributes(), Permission: p.GetPermission(), JoinedAt: time.Unix(p.GetJoinedAt(), 0).UTC(),
		Dependent:    dependent(p),
		Disconnected: p.GetState() == lkproto.ParticipantInfo_DISCONNECTED,
		Person: p.GetKind() == lkproto.ParticipantInfo_STANDARD && !may.GetHidden() &&
			!may.GetRecorder() && !may.GetAgent(), //nolint:staticcheck // for older workers
	}
}

// dependent are those that the server itself does not count.
func dependent(p *lkproto.ParticipantInfo) bool {
	switch p.GetKind() {
	case lkproto.ParticipantInfo_AGENT, lkproto.ParticipantInfo_EGRESS:
		return true
	}
	may := p.GetPermission()
	return may.GetAgent() || may.GetRecorder() //nolint:staticcheck // deprecated, but still what counts
}
