package livekit_test

import (
	"testing"

	lkproto "github.com/livekit/protocol/livekit"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/egressdev"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

func bucket() module.Storage {
	return module.Storage{Endpoint: "http://s3.example.org", Region: "eu", Bucket: "media", AccessKey: "key", SecretKey: conf.NewSecret("secret")}
}

func TestEgress_records_a_live_room_until_it_is_stopped(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	w := egressdev.StartT(t, egressdev.Options{Redis: srv.RedisAddr()})
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	ctx := t.Context()

	_, err := c.StartEgress(ctx, livekit.Recording{Room: "nowhere", Path: "recordings/x.mp4", Storage: bucket()})
	require.ErrorIs(t, err, livekit.ErrNotFound)
	_, err = c.CreateDispatch(ctx, "live", "scribe") // makes the room live
	require.NoError(t, err)
	list, err := c.ListEgress(ctx, "live", false)
	require.NoError(t, err)
	require.Empty(t, list)

	e, err := c.StartEgress(ctx, livekit.Recording{Room: "live", Path: "recordings/x.mp4", Storage: bucket()})
	require.NoError(t, err)
	require.Equal(t, livekit.EgressStarting, e.Status)
	require.Equal(t, "recordings/x.mp4", e.Path)
	require.Eventually(t, func() bool {
		list, err = c.ListEgress(ctx, "live", true)
		return err == nil && len(list) == 1 && list[0].ID == e.ID && list[0].Status == livekit.EgressActive
	}, waitLong, waitShort)

	stopped, err := c.StopEgress(ctx, e.ID)
	require.NoError(t, err)
	require.Equal(t, livekit.EgressEnding, stopped.Status)
	require.Eventually(t, func() bool {
		one, err := c.EgressByID(ctx, e.ID)
		return err == nil && one.Status == livekit.EgressComplete && !one.StartedAt.IsZero() && one.EndedAt.After(one.StartedAt)
	}, waitLong, waitShort)
	require.Eventually(t, func() bool { return w.Running() == 0 }, waitLong, waitShort)
	_, err = c.StopEgress(ctx, e.ID)
	require.ErrorIs(t, err, livekit.ErrInvalid, "it has ended")
	_, err = c.EgressByID(ctx, "EG_unknown")
	require.ErrorIs(t, err, livekit.ErrNotFound)
}

func TestEgress_of_a_server_without_Redis_is_none(t *testing.T) {
	c := livekit.NewClient(livekitdev.StartT(t, livekitdev.Options{NoRedis: true}).LiveKit())
	t.Cleanup(c.Close)
	require.ErrorIs(t, c.CheckEgress(t.Context()), livekit.ErrNoEgress)
	_, err := c.ListEgress(t.Context(), "", true)
	require.ErrorIs(t, err, livekit.ErrNoEgress)
}

func TestEgress_of_a_server_with_Redis_may_be_there(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	require.NoError(t, c.CheckEgress(t.Context()), "with or without a worker")
	srv.Stop()
	err := c.CheckEgress(t.Context())
	require.ErrorIs(t, err, livekit.ErrUnavailable)
	require.NotErrorIs(t, err, livekit.ErrNoEgress)
}

func TestEgress_asks_for_what_the_contract_says(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	w := egressdev.StartT(t, egressdev.Options{Redis: srv.RedisAddr()})
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	_, err := c.CreateDispatch(t.Context(), "live", "scribe")
	require.NoError(t, err)
	for _, r := range []livekit.Recording{
		{Room: "live", Path: "recordings/v.mp4", Storage: bucket()},
		{Room: "live", Path: "recordings/e.mp4", Storage: bucket(), Encoding: &livekit.Encoding{
			Width: 1280, Height: 720, Framerate: 30, VideoBitrate: 3000, AudioBitrate: 128, KeyFrameInterval: 4}},
		{Room: "live", Path: "recordings/a.ogg", Storage: bucket(), AudioOnly: true, Encoding: &livekit.Encoding{Width: 1}},
	} {
		_, err := c.StartEgress(t.Context(), r)
		require.NoError(t, err)
	}
	all := w.Requests()
	require.Len(t, all, 3)
	for i, in := range all {
		require.Equal(t, "live", in.GetRoomName())
		require.Len(t, in.GetFileOutputs(), 1)
		file := in.GetFileOutputs()[0]
		require.False(t, file.GetDisableManifest())
		s3 := file.GetS3()
		require.Equal(t, []string{"http://s3.example.org", "eu", "media", "key", "secret"},
			[]string{s3.GetEndpoint(), s3.GetRegion(), s3.GetBucket(), s3.GetAccessKey(), s3.GetSecret()})
		require.True(t, s3.GetForcePathStyle())
		if i == 2 {
			require.True(t, in.GetAudioOnly())
			require.Empty(t, in.GetLayout())
			require.Equal(t, lkproto.EncodedFileType_OGG, file.GetFileType())
			require.Nil(t, in.GetOptions())
			continue
		}
		require.False(t, in.GetAudioOnly())
		require.Equal(t, "speaker-light", in.GetLayout())
		require.Equal(t, lkproto.EncodedFileType_MP4, file.GetFileType())
	}
	require.Nil(t, all[0].GetOptions())
	a := all[1].GetAdvanced()
	require.Equal(t, []int32{1280, 720, 30, 3000, 128, 48000},
		[]int32{a.GetWidth(), a.GetHeight(), a.GetFramerate(), a.GetVideoBitrate(), a.GetAudioBitrate(), a.GetAudioFrequency()})
	require.Equal(t, 4.0, a.GetKeyFrameInterval())
	require.Equal(t, lkproto.VideoCodec_H264_MAIN, a.GetVideoCodec())
	require.Equal(t, lkproto.AudioCodec_AAC, a.GetAudioCodec())
}

func TestEgress_tells_that_it_was_refused(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	egressdev.StartT(t, egressdev.Options{Redis: srv.RedisAddr(), Script: func(string) egressdev.Ending { return egressdev.Refuse }})
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	_, err := c.CreateDispatch(t.Context(), "live", "scribe")
	require.NoError(t, err)
	_, err = c.StartEgress(t.Context(), livekit.Recording{Room: "live", Path: "recordings/x.mp4", Storage: bucket()})
	require.ErrorIs(t, err, livekit.ErrUnavailable)
}
