package livekit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	lkproto "github.com/livekit/protocol/livekit"
)

// Room is a live room on the media server.
type Room struct {
	SID          string
	Name         string // the registered room's UUID, or free text
	Metadata     string // JSON, or "" when nobody wrote any
	Participants int    // without agents and recorders; up to ten seconds old
	CreatedAt    time.Time
}

// ListRooms returns those of names that are live, or all live rooms without
// names, in the server's order. Rooms of a server that died stay on the list
// unchanged: see Hosted.
func (c *Client) ListRooms(ctx context.Context, names ...string) ([]Room, error) {
	return call(ctx, c, "RoomService.ListRooms", grant{RoomList: true}, func(ctx context.Context) ([]Room, error) {
		resp, err := c.rooms.ListRooms(ctx, &lkproto.ListRoomsRequest{Names: names})
		if err != nil {
			return nil, err
		}
		rooms := make([]Room, 0, len(resp.GetRooms()))
		for _, r := range resp.GetRooms() {
			rooms = append(rooms, roomOf(r))
		}
		return rooms, nil
	})
}

// UpdateRoomMetadata replaces the live room's metadata, a JSON value that the
// server sends to every participant. ErrNotFound when the room is not live.
func (c *Client) UpdateRoomMetadata(ctx context.Context, room string, metadata json.RawMessage) (Room, error) {
	text, err := metadataText(metadata)
	if err != nil {
		return Room{}, fmt.Errorf("update metadata of room %s: %w", room, err)
	}
	return call(ctx, c, "RoomService.UpdateRoomMetadata", admin(room),
		func(ctx context.Context) (Room, error) {
			r, err := c.rooms.UpdateRoomMetadata(ctx, &lkproto.UpdateRoomMetadataRequest{Room: room, Metadata: text})
			if err != nil {
				return Room{}, err
			}
			return roomOf(r), nil
		})
}

// DeleteRoom ends the live room and disconnects everybody in it. ErrNotFound
// when it is not live.
func (c *Client) DeleteRoom(ctx context.Context, room string) error {
	_, err := call(ctx, c, "RoomService.DeleteRoom", grant{RoomCreate: true},
		func(ctx context.Context) (*lkproto.DeleteRoomResponse, error) {
			return c.rooms.DeleteRoom(ctx, &lkproto.DeleteRoomRequest{Room: room})
		})
	if errors.Is(err, ErrNoHost) { // its server has died
		return c.Reclaim(ctx, room)
	}
	return err
}

// Hosted reports whether a server has the room, whatever the list says. If none
// has it LiveKit takes 3 s to say so, and Hosted allows for that.
func (c *Client) Hosted(ctx context.Context, room string) (bool, error) {
	_, err := call(ctx, c, "AgentDispatchService.ListDispatch", admin(room),
		func(ctx context.Context) (*lkproto.ListAgentDispatchResponse, error) {
			return c.patient.dispatch.ListDispatch(ctx, &lkproto.ListAgentDispatchRequest{Room: room})
		})
	if errors.Is(err, ErrNoHost) || errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Reclaim gives a room whose server has died to a live server, which closes it as
// empty within seconds, in full: the room leaves the list and its end is
// reported. If somebody joins before that, the meeting goes on. A hosted room
// stays as it is. A server that died counts as alive for 5 s: ErrUnavailable.
func (c *Client) Reclaim(ctx context.Context, room string) error {
	_, err := call(ctx, c, "RoomService.CreateRoom", grant{RoomCreate: true},
		func(ctx context.Context) (*lkproto.Room, error) {
			return c.rooms.CreateRoom(ctx, &lkproto.CreateRoomRequest{Name: room, EmptyTimeout: 1})
		})
	return err
}

func roomOf(r *lkproto.Room) Room {
	return Room{
		SID: r.GetSid(), Name: r.GetName(), Metadata: r.GetMetadata(), Participants: int(r.GetNumParticipants()),
		CreatedAt: created(r),
	}
}

// created is when the server created a room; older servers send whole seconds.
func created(r *lkproto.Room) time.Time {
	if ms := r.GetCreationTimeMs(); ms > 0 {
		return time.UnixMilli(ms).UTC()
	}
	return time.Unix(r.GetCreationTime(), 0).UTC()
}
