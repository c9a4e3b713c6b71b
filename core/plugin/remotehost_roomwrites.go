package plugin

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"foyer/core/module"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

// RoomWrites calls the gateway.
func (h *remoteHost) RoomWrites() module.RoomWrites {
	return remoteRoomWrites{hostv1.NewRoomWritesClient(h.conn)}
}

type remoteRoomWrites struct{ c hostv1.RoomWritesClient }

func ownedRoomOf(w *hostv1.OwnedRoom, err error) (module.OwnedRoom, error) {
	if err != nil {
		return module.OwnedRoom{}, fromStatus(err)
	}
	room, err := roomOf(w.GetRoom(), nil)
	if err != nil {
		return module.OwnedRoom{}, err
	}
	application, err := uuid.Parse(w.GetApplicationId())
	if err != nil {
		return module.OwnedRoom{}, fmt.Errorf("read room of the host: %w", err)
	}
	out := module.OwnedRoom{
		Room: room, PIN: w.Pin, Role: w.GetRole(), Application: application,
		CreatedAt: w.GetCreatedAt().AsTime(), UpdatedAt: w.GetUpdatedAt().AsTime(),
	}
	if d := w.GetDialIn(); d != nil {
		out.DialIn = &module.DialIn{PhoneNumber: d.GetPhoneNumber(), DefaultCountry: d.GetDefaultCountry()}
	}
	return out, nil
}

func wireOptionalTime(t *time.Time) *timestamppb.Timestamp {
	if t == nil {
		return nil
	}
	return timestamppb.New(*t)
}

// Find is module.RoomWrites.
func (r remoteRoomWrites) Find(ctx context.Context, idOrSlug string, user uuid.UUID) (module.OwnedRoom, error) {
	return ownedRoomOf(r.c.Find(ctx, &hostv1.OwnedRoomFindRequest{IdOrSlug: wireText(idOrSlug), UserId: user.String()}))
}

// List is module.RoomWrites.
func (r remoteRoomWrites) List(ctx context.Context, q module.RoomQuery) (module.RoomPage, error) {
	out, err := r.c.List(ctx, &hostv1.RoomListRequest{
		UserId: q.User.String(), ApplicationId: q.Application.String(),
		Limit: int32(q.Limit), Offset: int64(q.Offset), After: wireText(q.After),
	})
	if err != nil {
		return module.RoomPage{}, fromStatus(err)
	}
	page := module.RoomPage{Count: int(out.GetCount()), Next: out.GetNext()}
	for _, w := range out.GetRooms() {
		room, err := ownedRoomOf(w, nil)
		if err != nil {
			return module.RoomPage{}, err
		}
		page.Rooms = append(page.Rooms, room)
	}
	return page, nil
}

// Create is module.RoomWrites.
func (r remoteRoomWrites) Create(ctx context.Context, n module.NewRoom) (module.OwnedRoom, error) {
	return ownedRoomOf(r.c.Create(ctx, &hostv1.RoomCreateRequest{
		Name: n.Name, AccessLevel: n.AccessLevel, Configuration: n.Configuration,
		OwnerId: n.Owner.String(), ApplicationId: n.Application.String(),
	}))
}

// Update is module.RoomWrites.
func (r remoteRoomWrites) Update(ctx context.Context, room, user uuid.UUID, c module.RoomChange) (module.OwnedRoom, error) {
	return ownedRoomOf(r.c.Update(ctx, &hostv1.RoomUpdateRequest{
		Id: room.String(), UserId: user.String(), Name: c.Name, AccessLevel: c.AccessLevel,
		Configuration: c.Configuration, IfUpdatedAt: wireOptionalTime(c.IfUpdatedAt),
	}))
}

// Delete is module.RoomWrites.
func (r remoteRoomWrites) Delete(ctx context.Context, room uuid.UUID, ifUpdatedAt *time.Time) error {
	_, err := r.c.Delete(ctx, &hostv1.RoomDeleteRequest{Id: room.String(), IfUpdatedAt: wireOptionalTime(ifUpdatedAt)})
	return fromStatus(err)
}

// EndMeeting is module.RoomWrites.
func (r remoteRoomWrites) EndMeeting(ctx context.Context, room uuid.UUID) error {
	_, err := r.c.EndMeeting(ctx, &hostv1.EndMeetingRequest{Id: room.String()})
	return fromStatus(err)
}
