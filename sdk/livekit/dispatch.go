package livekit

import (
	"context"

	lkproto "github.com/livekit/protocol/livekit"
)

// Dispatch is a request for an agent in a room.
type Dispatch struct {
	ID        string
	AgentName string
	Room      string
	Metadata  string // what the agent was told, "" for nothing
}

// ListDispatch returns the agents requested for the live room, including one
// without AgentName that the server adds for unnamed agents. For a room that is
// not live the server answers ErrUnavailable, and only after 3 s: ask ListRooms
// first.
func (c *Client) ListDispatch(ctx context.Context, room string) ([]Dispatch, error) {
	return call(ctx, c, "AgentDispatchService.ListDispatch", admin(room),
		func(ctx context.Context) ([]Dispatch, error) {
			resp, err := c.dispatch.ListDispatch(ctx, &lkproto.ListAgentDispatchRequest{Room: room})
			if err != nil {
				return nil, err
			}
			list := make([]Dispatch, 0, len(resp.GetAgentDispatches()))
			for _, d := range resp.GetAgentDispatches() {
				list = append(list, dispatchOf(d))
			}
			return list, nil
		})
}

// CreateDispatch is CreateDispatchWith without metadata.
func (c *Client) CreateDispatch(ctx context.Context, room, agent string) (Dispatch, error) {
	return c.CreateDispatchWith(ctx, room, agent, "")
}

// CreateDispatchWith requests the agent registered as agent for the room, and
// hands it metadata. Every call adds another agent: check ListDispatch first,
// under a lock. The server creates the room if it is not live.
func (c *Client) CreateDispatchWith(ctx context.Context, room, agent, metadata string) (Dispatch, error) {
	return call(ctx, c, "AgentDispatchService.CreateDispatch", admin(room),
		func(ctx context.Context) (Dispatch, error) {
			d, err := c.dispatch.CreateDispatch(ctx, &lkproto.CreateAgentDispatchRequest{
				Room: room, AgentName: agent, Metadata: metadata,
			})
			if err != nil {
				return Dispatch{}, err
			}
			return dispatchOf(d), nil
		})
}

// DeleteDispatch takes an agent out of the room, by the id of its dispatch.
// ErrNotFound if there is none; for a room that is not live ErrUnavailable, after
// 3 s.
func (c *Client) DeleteDispatch(ctx context.Context, room, id string) error {
	_, err := call(ctx, c, "AgentDispatchService.DeleteDispatch", admin(room),
		func(ctx context.Context) (*lkproto.AgentDispatch, error) {
			return c.dispatch.DeleteDispatch(ctx, &lkproto.DeleteAgentDispatchRequest{Room: room, DispatchId: id})
		})
	return err
}

func dispatchOf(d *lkproto.AgentDispatch) Dispatch {
	return Dispatch{ID: d.GetId(), AgentName: d.GetAgentName(), Room: d.GetRoom(), Metadata: d.GetMetadata()}
}
