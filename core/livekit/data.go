package livekit

import (
	"context"
	"crypto/rand"

	lkproto "github.com/livekit/protocol/livekit"
)

// SendData sends data to everybody in the live room: reliable, in order, under
// no topic. For a room that is not live the server answers ErrUnavailable, and
// only after 3 s: ask ListRooms first.
func (c *Client) SendData(ctx context.Context, room string, data []byte) error {
	nonce := make([]byte, 16) // the server drops what comes twice under one
	_, _ = rand.Read(nonce)   // never fails
	_, err := call(ctx, c, "RoomService.SendData", admin(room),
		func(ctx context.Context) (*lkproto.SendDataResponse, error) {
			return c.rooms.SendData(ctx, &lkproto.SendDataRequest{
				Room: room, Data: data, Kind: lkproto.DataPacket_RELIABLE, Nonce: nonce,
			})
		})
	return err
}
