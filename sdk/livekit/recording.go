package livekit

import (
	"foyer/sdk/livekit/lkproto"
	"foyer/sdk/module"
)

// Recording is a request to StartEgress (recording-summary-files.md 1.2): one
// file of everybody in the room, in the bucket.
type Recording struct {
	Room      string
	Path      string // of the file in the bucket
	AudioOnly bool   // OGG instead of MP4
	Storage   module.Storage
	Encoding  *Encoding // of a video, nil = the worker's own choice
}

// Encoding is how a video is encoded: H.264 main, with AAC at 48 kHz.
type Encoding struct {
	Width, Height    int     // pixels
	Framerate        int     // per second
	VideoBitrate     int     // kbit/s
	AudioBitrate     int     // kbit/s
	KeyFrameInterval float64 // seconds
}

// audioFrequency of encoded videos, in Hz.
const audioFrequency = 48000

func (r Recording) request() *lkproto.RoomCompositeEgressRequest {
	file := &lkproto.EncodedFileOutput{
		FileType: lkproto.EncodedFileType_MP4, Filepath: r.Path,
		Output: &lkproto.EncodedFileOutput_S3{S3: &lkproto.S3Upload{
			Endpoint: r.Storage.Endpoint, Region: r.Storage.Region, Bucket: r.Storage.Bucket,
			AccessKey: r.Storage.AccessKey, Secret: r.Storage.SecretKey.Reveal(), ForcePathStyle: true,
		}},
	}
	in := &lkproto.RoomCompositeEgressRequest{RoomName: r.Room, FileOutputs: []*lkproto.EncodedFileOutput{file}}
	if r.AudioOnly {
		in.AudioOnly, file.FileType = true, lkproto.EncodedFileType_OGG
		return in
	}
	in.Layout = "speaker-light"
	if e := r.Encoding; e != nil {
		in.Options = &lkproto.RoomCompositeEgressRequest_Advanced{Advanced: &lkproto.EncodingOptions{
			Width: int32(e.Width), Height: int32(e.Height), Framerate: int32(e.Framerate),
			VideoCodec: lkproto.VideoCodec_H264_MAIN, VideoBitrate: int32(e.VideoBitrate),
			AudioCodec: lkproto.AudioCodec_AAC, AudioBitrate: int32(e.AudioBitrate), AudioFrequency: audioFrequency,
			KeyFrameInterval: e.KeyFrameInterval,
		}}
	}
	return in
}
