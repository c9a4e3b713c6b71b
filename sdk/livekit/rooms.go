package livekit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"foyer/sdk/livekit/lkproto"
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
	resp := &lkproto.ListRoomsResponse{}
	err := c.call(ctx, c.http, "RoomService.ListRooms", grant{RoomList: true}, &lkproto.ListRoomsRequest{Names: names}, resp)
	if err != nil {
		return nil, err
	}
	rooms := make([]Room, 0, len(resp.GetRooms()))
	for _, r := range resp.GetRooms() {
		rooms = append(rooms, roomOf(r))
	}
	return rooms, nil
}

// UpdateRoomMetadata replaces the live room's metadata, a JSON value that the
// server sends to every participant. ErrNotFound when the room is not live.
func (c *Client) UpdateRoomMetadata(ctx context.Context, room string, metadata json.RawMessage) (Room, error) {
	text, err := metadataText(metadata)
	if err != nil {
		return Room{}, fmt.Errorf("update metadata of room %s: %w", room, err)
	}
	r := &lkproto.Room{}
	err = c.call(ctx, c.http, "RoomService.UpdateRoomMetadata", admin(room),
		&lkproto.UpdateRoomMetadataRequest{Room: room, Metadata: text}, r)
	if err != nil {
		return Room{}, err
	}
	return roomOf(r), nil
}

// DeleteRoom ends the live room and disconnects everybody in it. ErrNotFound
// when it is not live.
func (c *Client) DeleteRoom(ctx context.Context, room string) error {
	err := c.call(ctx, c.http, "RoomService.DeleteRoom", grant{RoomCreate: true},
		&lkproto.DeleteRoomRequest{Room: room}, &lkproto.DeleteRoomResponse{})
	if errors.Is(err, ErrNoHost) { // its server has died
		return c.Reclaim(ctx, room)
	}
	return err
}

// Hosted reports whether a server has the room, whatever the list says. If none
// has it LiveKit takes 3 s to say so, and Hosted allows for that.
func (c *Client) Hosted(ctx context.Context, room string) (bool, error) {
	_, err := c.listDispatch(ctx, c.patient, room)
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
	return c.call(ctx, c.http, "RoomService.CreateRoom", grant{RoomCreate: true},
		&lkproto.CreateRoomRequest{Name: room, EmptyTimeout: 1}, &lkproto.Room{})
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
