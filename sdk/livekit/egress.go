package livekit

import (
	"context"
	"errors"
	"net/http"
	"time"

	"google.golang.org/protobuf/proto"

	"foyer/sdk/livekit/lkproto"
)

// StartTimeout bounds StartEgress: the server itself waits 24 s for a worker
// before it says that there is none.
const StartTimeout = 30 * time.Second

// EgressStatus is the state of an egress, by LiveKit's own names.
type EgressStatus string

// The statuses. The last four are final.
const (
	EgressStarting     EgressStatus = "EGRESS_STARTING"
	EgressActive       EgressStatus = "EGRESS_ACTIVE"
	EgressEnding       EgressStatus = "EGRESS_ENDING"
	EgressComplete     EgressStatus = "EGRESS_COMPLETE"
	EgressFailed       EgressStatus = "EGRESS_FAILED"
	EgressAborted      EgressStatus = "EGRESS_ABORTED"
	EgressLimitReached EgressStatus = "EGRESS_LIMIT_REACHED"
)

// Final reports whether the egress has ended for good.
func (s EgressStatus) Final() bool {
	switch s {
	case EgressStarting, EgressActive, EgressEnding:
		return false
	}
	return true
}

// Egress is LiveKit's account of an egress.
type Egress struct {
	ID        string
	Room      string
	Status    EgressStatus
	Path      string    // of the first file requested, "" without one
	StartedAt time.Time // of the first file, zero = unknown
	EndedAt   time.Time
	Error     string // why it failed, in LiveKit's words
}

// maxError bounds the stored reason of a failed egress, in bytes.
const maxError = 4 << 10

// EgressOf reads the answer to a call, or a webhook.
func EgressOf(i *lkproto.EgressInfo) Egress {
	e := Egress{ID: i.GetEgressId(), Room: i.GetRoomName(), Status: EgressStatus(i.GetStatus().String()), Error: Plain(i.GetError(), maxError)}
	if files := i.GetRoomComposite().GetFileOutputs(); len(files) > 0 {
		e.Path = files[0].GetFilepath()
	}
	if files := i.GetFileResults(); len(files) > 0 {
		e.StartedAt, e.EndedAt = nanos(files[0].GetStartedAt()), nanos(files[0].GetEndedAt())
		if e.Path == "" {
			e.Path = files[0].GetFilename()
		}
	}
	return e
}

func nanos(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// StartEgress begins to record a live room and returns as soon as a worker has
// accepted. It waits longer than other calls, at most StartTimeout. ErrNotFound
// if the room is not live. After ErrUnavailable it may have begun all the same:
// ask ListEgress.
func (c *Client) StartEgress(ctx context.Context, r Recording) (Egress, error) {
	return c.egressCall(ctx, c.starts, "Egress.StartRoomCompositeEgress", r.request())
}

// StopEgress asks an egress to end, and returns its state at that time.
// ErrInvalid if it had already ended; ErrNotFound, after 3 s, if the server does
// not know it.
func (c *Client) StopEgress(ctx context.Context, id string) (Egress, error) {
	return c.egressCall(ctx, c.http, "Egress.StopEgress", &lkproto.StopEgressRequest{EgressId: id})
}

func (c *Client) egressCall(ctx context.Context, via *http.Client, name string, in proto.Message) (Egress, error) {
	info := &lkproto.EgressInfo{}
	if err := c.call(ctx, via, name, grant{RoomRecord: true}, in, info); err != nil {
		return Egress{}, err
	}
	return EgressOf(info), nil
}

// ListEgress returns the egresses of the room (of every room if it is "") that
// the server still knows: those in progress and, unless activeOnly, those that
// ended within the last day.
func (c *Client) ListEgress(ctx context.Context, room string, activeOnly bool) ([]Egress, error) {
	return c.listEgress(ctx, &lkproto.ListEgressRequest{RoomName: room, Active: activeOnly})
}

// EgressByID returns one egress, or ErrNotFound.
func (c *Client) EgressByID(ctx context.Context, id string) (Egress, error) {
	list, err := c.listEgress(ctx, &lkproto.ListEgressRequest{EgressId: id})
	if err != nil {
		return Egress{}, err
	}
	if len(list) == 0 {
		return Egress{}, &Error{Call: "Egress.ListEgress", Code: "not_found", Err: errors.New("no such egress")}
	}
	return list[0], nil
}

// CheckEgress returns ErrNoEgress if the server cannot record. nil says little:
// only StartEgress finds out whether there is a worker.
func (c *Client) CheckEgress(ctx context.Context) error {
	_, err := c.EgressByID(ctx, "EG_0") // cheaper than a list
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func (c *Client) listEgress(ctx context.Context, in *lkproto.ListEgressRequest) (list []Egress, err error) {
	for {
		out := &lkproto.ListEgressResponse{}
		if err := c.call(ctx, c.http, "Egress.ListEgress", grant{RoomRecord: true}, in, out); err != nil {
			return nil, err
		}
		for _, i := range out.GetItems() {
			list = append(list, EgressOf(i))
		}
		if in.PageToken = out.GetNextPageToken(); in.PageToken.GetToken() == "" || len(out.GetItems()) == 0 {
			return list, nil
		}
	}
}
