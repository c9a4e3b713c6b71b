package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	"foyer/core/module"
	"foyer/core/module/conf"
	hostv1 "foyer/core/plugin/proto/host/v1"
	"foyer/flags"
)

// remoteHost is the module.Host of a module in a process of its own. The
// gateway refuses what the module does not need.
type remoteHost struct {
	conn *grpc.ClientConn
	name string
	log  *slog.Logger
}

// Rooms calls the gateway.
func (h *remoteHost) Rooms() module.Rooms { return remoteRooms{hostv1.NewRoomsClient(h.conn)} }

// Users calls the gateway.
func (h *remoteHost) Users() module.Users { return remoteUsers{hostv1.NewUsersClient(h.conn)} }

// Jobs calls the gateway.
func (h *remoteHost) Jobs() module.Jobs { return remoteJobs{hostv1.NewJobsClient(h.conn)} }

// KV calls the gateway.
func (h *remoteHost) KV() module.KV { return remoteKV{hostv1.NewKVClient(h.conn)} }

// Flags calls the gateway.
func (h *remoteHost) Flags() module.Flags { return remoteFlags{hostv1.NewFlagsClient(h.conn)} }

// Log writes lines that the gateway logs as its own.
func (h *remoteHost) Log() *slog.Logger { return h.log }

// Tracer makes spans of this process.
func (h *remoteHost) Tracer() trace.Tracer { return otel.Tracer("foyer/modules/" + h.name) }

// LiveKit asks the gateway.
func (h *remoteHost) LiveKit() (module.LiveKit, error) {
	ctx, stop := context.WithTimeout(context.Background(), callTimeout)
	defer stop()
	lk, err := hostv1.NewLiveKitClient(h.conn).Get(ctx, &hostv1.LiveKitGetRequest{})
	if err != nil {
		return module.LiveKit{}, fromStatus(err)
	}
	return module.LiveKit{
		URL: lk.GetUrl(), APIKey: lk.GetApiKey(), APISecret: conf.NewSecret(lk.GetApiSecret()), VerifyTLS: lk.GetVerifyTls(),
	}, nil
}

// wireText is text that somebody sent, such as a part of a path, in a form that
// can cross: what is no UTF-8 is replaced, and so found as little as before.
func wireText(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }

type remoteRooms struct{ c hostv1.RoomsClient }

func roomOf(r *hostv1.Room, err error) (module.Room, error) {
	if err != nil {
		return module.Room{}, fromStatus(err)
	}
	id, err := uuid.Parse(r.GetId())
	if err != nil {
		return module.Room{}, fmt.Errorf("read room of the host: %w", err)
	}
	return module.Room{
		ID: id, Name: r.GetName(), Slug: r.GetSlug(), AccessLevel: r.GetAccessLevel(), Configuration: r.GetConfiguration(),
	}, nil
}

// ByID is module.Rooms.
func (r remoteRooms) ByID(ctx context.Context, id uuid.UUID) (module.Room, error) {
	return roomOf(r.c.ByID(ctx, &hostv1.RoomByIDRequest{Id: id.String()}))
}

// Find is module.Rooms.
func (r remoteRooms) Find(ctx context.Context, idOrSlug string) (module.Room, error) {
	return roomOf(r.c.Find(ctx, &hostv1.RoomFindRequest{IdOrSlug: wireText(idOrSlug)}))
}

// Role is module.Rooms.
func (r remoteRooms) Role(ctx context.Context, room, user uuid.UUID) (string, error) {
	out, err := r.c.Role(ctx, &hostv1.RoleRequest{RoomId: room.String(), UserId: user.String()})
	return out.GetRole(), fromStatus(err)
}

type remoteUsers struct{ c hostv1.UsersClient }

// ByID is module.Users.
func (r remoteUsers) ByID(ctx context.Context, id uuid.UUID) (module.User, error) {
	u, err := r.c.ByID(ctx, &hostv1.UserByIDRequest{Id: id.String()})
	if err != nil {
		return module.User{}, fromStatus(err)
	}
	return userOf(u)
}

type remoteJobs struct{ c hostv1.JobsClient }

// Enqueue is module.Jobs.
func (r remoteJobs) Enqueue(ctx context.Context, kind string, args any, o module.JobOptions) error {
	raw, err := json.Marshal(args)
	if err != nil {
		return fmt.Errorf("encode arguments of job %s: %w", kind, err)
	}
	_, err = r.c.Enqueue(ctx, &hostv1.EnqueueRequest{
		Kind: kind, Args: raw, Unique: o.Unique, Delay: durationpb.New(o.Delay), MaxAttempts: int32(o.MaxAttempts),
	})
	return fromStatus(err)
}

type remoteKV struct{ c hostv1.KVClient }

// Get is module.KV.
func (r remoteKV) Get(ctx context.Context, key string) ([]byte, error) {
	out, err := r.c.Get(ctx, &hostv1.KVGetRequest{Key: key})
	return out.GetValue(), fromStatus(err)
}

// Put is module.KV.
func (r remoteKV) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	_, err := r.c.Put(ctx, &hostv1.KVPutRequest{Key: key, Value: value, Ttl: durationpb.New(ttl)})
	return fromStatus(err)
}

// PutIfAbsent is module.KV.
func (r remoteKV) PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (bool, error) {
	out, err := r.c.PutIfAbsent(ctx, &hostv1.KVPutRequest{Key: key, Value: value, Ttl: durationpb.New(ttl)})
	return out.GetStored(), fromStatus(err)
}

// Delete is module.KV.
func (r remoteKV) Delete(ctx context.Context, key string) error {
	_, err := r.c.Delete(ctx, &hostv1.KVDeleteRequest{Key: key})
	return fromStatus(err)
}

// DeleteIf is module.KV.
func (r remoteKV) DeleteIf(ctx context.Context, key string, value []byte) (bool, error) {
	out, err := r.c.DeleteIf(ctx, &hostv1.KVDeleteIfRequest{Key: key, Value: value})
	return out.GetDeleted(), fromStatus(err)
}

type remoteFlags struct{ c hostv1.FlagsClient }

// Enabled is module.Flags; a gateway that does not answer is "off".
func (r remoteFlags) Enabled(ctx context.Context, key flags.Key, user uuid.UUID) bool {
	out, err := r.c.Enabled(ctx, &hostv1.EnabledRequest{Key: string(key), UserId: user.String()})
	return err == nil && out.GetOn()
}
