package livekit_test

import (
	"context"
	"sync"
	"testing"
	"time"

	lkauth "github.com/livekit/protocol/auth"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
	"foyer/sdk/livekit/lkproto"
)

func TestUpdateParticipant_of_one_right_takes_all_others_and_Rights_keeps_them(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	ctx := t.Context()
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	rights := livekit.NewRights(c, &sharedKV{values: map[string]string{}})
	enter := func(identity string) {
		srv.JoinT(t, granted(t, srv, identity, lkauth.VideoGrant{
			CanPublish: new(true), CanSubscribe: new(true), CanPublishData: new(true), CanUpdateOwnMetadata: new(true),
			CanPublishSources: []string{"camera"}, Hidden: true,
		}), nil)
	}
	enter("ada")
	require.NoError(t, c.UpdateParticipant(ctx, "r", "ada", livekit.ParticipantUpdate{
		Permission: &lkproto.ParticipantPermission{CanPublishData: true},
	}))
	p, err := c.AskParticipant(ctx, "r", "ada")
	require.NoError(t, err)
	require.True(t, p.Permission.CanPublishData)
	require.False(t, p.Permission.CanPublish || p.Permission.CanSubscribe || p.Permission.CanUpdateMetadata)
	require.Empty(t, p.Permission.CanPublishSources)
	require.False(t, p.Permission.Hidden, "who was hidden is seen by everybody")

	enter("grace")
	require.NoError(t, rights.Change(ctx, "r", "grace", livekit.ParticipantUpdate{Name: "Grace"},
		func(now *lkproto.ParticipantPermission) { now.CanPublishData = false }))
	p, err = c.AskParticipant(ctx, "r", "grace")
	require.NoError(t, err)
	require.Equal(t, "Grace", p.Name)
	require.False(t, p.Permission.CanPublishData)
	require.True(t, p.Permission.CanPublish && p.Permission.CanSubscribe && p.Permission.CanUpdateMetadata && p.Permission.Hidden)
	require.Equal(t, []lkproto.TrackSource{lkproto.TrackSource_CAMERA}, p.Permission.CanPublishSources)

	require.ErrorIs(t, rights.Change(ctx, "r", "nobody", livekit.ParticipantUpdate{}, func(*lkproto.ParticipantPermission) {}), livekit.ErrNotFound)
}

// Two gateways share a database, and neither knows about the other's change.
func TestRights_that_are_changed_at_once_are_both_kept(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	ctx := t.Context()
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	srv.JoinT(t, granted(t, srv, "ada", lkauth.VideoGrant{}), nil)
	kv := &sharedKV{values: map[string]string{}}
	replicas := []*livekit.Rights{livekit.NewRights(c, kv), livekit.NewRights(c, kv)}
	for round := range 40 {
		may := round%2 == 1
		errs := make([]error, len(replicas))
		var at sync.WaitGroup
		for i, replica := range replicas {
			at.Go(func() {
				errs[i] = replica.Change(ctx, "r", "ada", livekit.ParticipantUpdate{}, func(now *lkproto.ParticipantPermission) {
					*[]*bool{&now.CanSubscribe, &now.CanPublishData}[i] = may
				})
			})
		}
		at.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		p, err := c.AskParticipant(ctx, "r", "ada")
		require.NoError(t, err)
		require.Equal(t, []bool{may, may}, []bool{p.Permission.CanSubscribe, p.Permission.CanPublishData}, "round %d", round)
	}
	require.Empty(t, kv.values, "the lock was given back")
}

// stuck is a participant whose rights somebody else is changing, forever.
type stuck struct{ sharedKV }

func (*stuck) PutIfAbsent(context.Context, string, []byte, time.Duration) (bool, error) {
	return false, nil
}

func TestRights_are_waited_for_as_long_as_the_request_lasts(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := livekit.NewRights(nil, &stuck{}).Change(ctx, "r", "ada", livekit.ParticipantUpdate{}, nil)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
