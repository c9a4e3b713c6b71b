package livekit

import (
	"context"
	"net/http"

	"foyer/sdk/livekit/lkproto"
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
	resp, err := c.listDispatch(ctx, c.http, room)
	if err != nil {
		return nil, err
	}
	list := make([]Dispatch, 0, len(resp.GetAgentDispatches()))
	for _, d := range resp.GetAgentDispatches() {
		list = append(list, dispatchOf(d))
	}
	return list, nil
}

func (c *Client) listDispatch(ctx context.Context, via *http.Client, room string) (*lkproto.ListAgentDispatchResponse, error) {
	resp := &lkproto.ListAgentDispatchResponse{}
	err := c.call(ctx, via, "AgentDispatchService.ListDispatch", admin(room), &lkproto.ListAgentDispatchRequest{Room: room}, resp)
	return resp, err
}

// CreateDispatch is CreateDispatchWith without metadata.
func (c *Client) CreateDispatch(ctx context.Context, room, agent string) (Dispatch, error) {
	return c.CreateDispatchWith(ctx, room, agent, "")
}

// CreateDispatchWith requests the agent registered as agent for the room, and
// hands it metadata. Every call adds another agent: check ListDispatch first,
// under a lock. The server creates the room if it is not live.
func (c *Client) CreateDispatchWith(ctx context.Context, room, agent, metadata string) (Dispatch, error) {
	d := &lkproto.AgentDispatch{}
	err := c.call(ctx, c.http, "AgentDispatchService.CreateDispatch", admin(room),
		&lkproto.CreateAgentDispatchRequest{Room: room, AgentName: agent, Metadata: metadata}, d)
	if err != nil {
		return Dispatch{}, err
	}
	return dispatchOf(d), nil
}

// DeleteDispatch takes an agent out of the room, by the id of its dispatch.
// ErrNotFound if there is none; for a room that is not live ErrUnavailable, after
// 3 s.
func (c *Client) DeleteDispatch(ctx context.Context, room, id string) error {
	return c.call(ctx, c.http, "AgentDispatchService.DeleteDispatch", admin(room),
		&lkproto.DeleteAgentDispatchRequest{Room: room, DispatchId: id}, &lkproto.AgentDispatch{})
}

func dispatchOf(d *lkproto.AgentDispatch) Dispatch {
	return Dispatch{ID: d.GetId(), AgentName: d.GetAgentName(), Room: d.GetRoom(), Metadata: d.GetMetadata()}
}
