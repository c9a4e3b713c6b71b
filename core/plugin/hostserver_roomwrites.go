package plugin

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"foyer/core/module"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

type roomWritesServer struct {
	hostv1.UnimplementedRoomWritesServer
	host module.Host
}

func wireOwnedRoom(r module.OwnedRoom) *hostv1.OwnedRoom {
	room, _ := wireRoom(r.Room, nil)
	out := &hostv1.OwnedRoom{
		Room: room, Pin: r.PIN, Role: r.Role, ApplicationId: r.Application.String(),
		CreatedAt: timestamppb.New(r.CreatedAt), UpdatedAt: timestamppb.New(r.UpdatedAt),
	}
	if d := r.DialIn; d != nil {
		out.DialIn = &hostv1.DialIn{PhoneNumber: d.PhoneNumber, DefaultCountry: d.DefaultCountry}
	}
	return out
}

func ownedRoom(r module.OwnedRoom, err error) (*hostv1.OwnedRoom, error) {
	if err != nil {
		return nil, toStatus(err)
	}
	return wireOwnedRoom(r), nil
}

// optionalTime tells an absent time from the others.
func optionalTime(t *timestamppb.Timestamp) *time.Time {
	if t == nil {
		return nil
	}
	at := t.AsTime()
	return &at
}

// Find serves RoomWrites.Find.
func (s roomWritesServer) Find(ctx context.Context, in *hostv1.OwnedRoomFindRequest) (*hostv1.OwnedRoom, error) {
	user, err := optionalID(in.GetUserId())
	if err != nil {
		return nil, err
	}
	return ownedRoom(s.host.RoomWrites().Find(ctx, in.GetIdOrSlug(), user))
}

// List serves RoomWrites.List.
func (s roomWritesServer) List(ctx context.Context, in *hostv1.RoomListRequest) (*hostv1.RoomListResponse, error) {
	user, err := parseID(in.GetUserId())
	if err != nil {
		return nil, err
	}
	application, err := optionalID(in.GetApplicationId())
	if err != nil {
		return nil, err
	}
	page, err := s.host.RoomWrites().List(ctx, module.RoomQuery{
		User: user, Application: application, Limit: int(in.GetLimit()), Offset: int(in.GetOffset()), After: in.GetAfter(),
	})
	if err != nil {
		return nil, toStatus(err)
	}
	out := &hostv1.RoomListResponse{Count: int64(page.Count), Next: page.Next}
	for _, r := range page.Rooms {
		out.Rooms = append(out.Rooms, wireOwnedRoom(r))
	}
	return out, nil
}

// Create serves RoomWrites.Create.
func (s roomWritesServer) Create(ctx context.Context, in *hostv1.RoomCreateRequest) (*hostv1.OwnedRoom, error) {
	owner, err := parseID(in.GetOwnerId())
	if err != nil {
		return nil, err
	}
	application, err := optionalID(in.GetApplicationId())
	if err != nil {
		return nil, err
	}
	return ownedRoom(s.host.RoomWrites().Create(ctx, module.NewRoom{
		Name: in.GetName(), AccessLevel: in.GetAccessLevel(), Configuration: in.GetConfiguration(),
		Owner: owner, Application: application,
	}))
}

// Update serves RoomWrites.Update.
func (s roomWritesServer) Update(ctx context.Context, in *hostv1.RoomUpdateRequest) (*hostv1.OwnedRoom, error) {
	id, err := parseID(in.GetId())
	if err != nil {
		return nil, err
	}
	user, err := optionalID(in.GetUserId())
	if err != nil {
		return nil, err
	}
	return ownedRoom(s.host.RoomWrites().Update(ctx, id, user, module.RoomChange{
		Name: in.Name, AccessLevel: in.AccessLevel, Configuration: in.GetConfiguration(),
		IfUpdatedAt: optionalTime(in.GetIfUpdatedAt()),
	}))
}

// Delete serves RoomWrites.Delete.
func (s roomWritesServer) Delete(ctx context.Context, in *hostv1.RoomDeleteRequest) (*hostv1.RoomDeleteResponse, error) {
	id, err := parseID(in.GetId())
	if err != nil {
		return nil, err
	}
	if err := s.host.RoomWrites().Delete(ctx, id, optionalTime(in.GetIfUpdatedAt())); err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.RoomDeleteResponse{}, nil
}

// EndMeeting serves RoomWrites.EndMeeting.
func (s roomWritesServer) EndMeeting(ctx context.Context, in *hostv1.EndMeetingRequest) (*hostv1.EndMeetingResponse, error) {
	id, err := parseID(in.GetId())
	if err != nil {
		return nil, err
	}
	if err := s.host.RoomWrites().EndMeeting(ctx, id); err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.EndMeetingResponse{}, nil
}
