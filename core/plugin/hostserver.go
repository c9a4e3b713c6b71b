package plugin

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"foyer/core/module"
	hostv1 "foyer/core/plugin/proto/host/v1"
	"foyer/flags"
)

// registerHost serves h, which refuses what the module does not need.
func registerHost(s *grpc.Server, h module.Host) {
	hostv1.RegisterRoomsServer(s, roomsServer{host: h})
	hostv1.RegisterUsersServer(s, usersServer{host: h})
	hostv1.RegisterJobsServer(s, jobsServer{host: h})
	hostv1.RegisterKVServer(s, kvServer{host: h})
	hostv1.RegisterFlagsServer(s, flagsServer{host: h})
	hostv1.RegisterLiveKitServer(s, livekitServer{host: h})
	hostv1.RegisterApplicationsServer(s, applicationsServer{host: h})
	hostv1.RegisterAccountsServer(s, accountsServer{host: h})
	hostv1.RegisterRoomWritesServer(s, roomWritesServer{host: h})
	hostv1.RegisterRecordingsServer(s, recordingsServer{host: h})
	hostv1.RegisterMetadataServer(s, metadataServer{host: h})
	hostv1.RegisterStorageServer(s, storageServer{host: h})
	hostv1.RegisterMailServer(s, mailServer{host: h})
	hostv1.RegisterThrottleServer(s, throttleServer{host: h})
}

func parseID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil, status.Errorf(codes.InvalidArgument, "%q is no UUID", text)
	}
	return id, nil
}

type roomsServer struct {
	hostv1.UnimplementedRoomsServer
	host module.Host
}

func wireRoom(r module.Room, err error) (*hostv1.Room, error) {
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.Room{
		Id: r.ID.String(), Name: r.Name, Slug: r.Slug, AccessLevel: r.AccessLevel, Configuration: r.Configuration,
	}, nil
}

// ByID serves Rooms.ByID.
func (s roomsServer) ByID(ctx context.Context, in *hostv1.RoomByIDRequest) (*hostv1.Room, error) {
	id, err := parseID(in.GetId())
	if err != nil {
		return nil, err
	}
	return wireRoom(s.host.Rooms().ByID(ctx, id))
}

// Find serves Rooms.Find.
func (s roomsServer) Find(ctx context.Context, in *hostv1.RoomFindRequest) (*hostv1.Room, error) {
	return wireRoom(s.host.Rooms().Find(ctx, in.GetIdOrSlug()))
}

// Role serves Rooms.Role.
func (s roomsServer) Role(ctx context.Context, in *hostv1.RoleRequest) (*hostv1.RoleResponse, error) {
	room, err := parseID(in.GetRoomId())
	if err != nil {
		return nil, err
	}
	user, err := parseID(in.GetUserId())
	if err != nil {
		return nil, err
	}
	role, err := s.host.Rooms().Role(ctx, room, user)
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.RoleResponse{Role: role}, nil
}

type usersServer struct {
	hostv1.UnimplementedUsersServer
	host module.Host
}

// ByID serves Users.ByID.
func (s usersServer) ByID(ctx context.Context, in *hostv1.UserByIDRequest) (*hostv1.User, error) {
	id, err := parseID(in.GetId())
	if err != nil {
		return nil, err
	}
	u, err := s.host.Users().ByID(ctx, id)
	if err != nil {
		return nil, toStatus(err)
	}
	return wireUser(u), nil
}

type jobsServer struct {
	hostv1.UnimplementedJobsServer
	host module.Host
}

// Enqueue serves Jobs.Enqueue.
func (s jobsServer) Enqueue(ctx context.Context, in *hostv1.EnqueueRequest) (*hostv1.EnqueueResponse, error) {
	err := s.host.Jobs().Enqueue(ctx, in.GetKind(), json.RawMessage(in.GetArgs()), module.JobOptions{
		Unique: in.GetUnique(), Delay: in.GetDelay().AsDuration(), MaxAttempts: int(in.GetMaxAttempts()),
	})
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.EnqueueResponse{}, nil
}

type flagsServer struct {
	hostv1.UnimplementedFlagsServer
	host module.Host
}

// Enabled serves Flags.Enabled.
func (s flagsServer) Enabled(ctx context.Context, in *hostv1.EnabledRequest) (*hostv1.EnabledResponse, error) {
	user, err := parseID(in.GetUserId())
	if err != nil {
		return nil, err
	}
	return &hostv1.EnabledResponse{On: s.host.Flags().Enabled(ctx, flags.Key(in.GetKey()), user)}, nil
}

type livekitServer struct {
	hostv1.UnimplementedLiveKitServer
	host module.Host
}

// Get serves Host.LiveKit.
func (s livekitServer) Get(context.Context, *hostv1.LiveKitGetRequest) (*hostv1.LiveKitGetResponse, error) {
	lk, err := s.host.LiveKit()
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.LiveKitGetResponse{
		Url: lk.URL, ApiKey: lk.APIKey, ApiSecret: lk.APISecret.Reveal(), VerifyTls: lk.VerifyTLS,
	}, nil
}
