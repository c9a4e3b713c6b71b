package livekit

import (
	"context"
	"crypto/rand"
	"crypto/sha256"

	"foyer/sdk/livekit/lkproto"
)

// SendData sends data to everybody in the live room: reliably, in order, without
// a topic. For a room that is not live the server answers ErrUnavailable, and
// only after 3 s: ask ListRooms first.
func (c *Client) SendData(ctx context.Context, room string, data []byte) error {
	nonce := make([]byte, nonceSize)
	_, _ = rand.Read(nonce) // never fails
	return c.sendData(ctx, room, "", data, nonce)
}

// TopicChat is the topic of chat lines in LiveKit's components for browsers: JSON
// with id, timestamp (ms) and message; other keys are ignored.
const TopicChat = "lk-chat-topic"

// SendDataOnce is SendData with a topic ("" = none), for messages that may be
// sent again: the room gets one message per key.
func (c *Client) SendDataOnce(ctx context.Context, room, key, topic string, data []byte) error {
	sum := sha256.Sum256([]byte(key))
	return c.sendData(ctx, room, topic, data, sum[:nonceSize])
}

// nonceSize is the size of the nonce by which the server drops duplicates, in
// bytes.
const nonceSize = 16

func (c *Client) sendData(ctx context.Context, room, topic string, data, nonce []byte) error {
	in := &lkproto.SendDataRequest{Room: room, Data: data, Kind: lkproto.DataPacket_RELIABLE, Nonce: nonce}
	if topic != "" {
		in.Topic = &topic
	}
	return c.call(ctx, c.http, "RoomService.SendData", admin(room), in, &lkproto.SendDataResponse{})
}
