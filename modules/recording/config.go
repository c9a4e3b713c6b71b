package recording

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"foyer/core/legacy/variables"

	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// Config is the section modules.recording.
type Config struct {
	Modes       []string      // offered to clients
	MaxDuration time.Duration // 0 = no limit
	WarnBefore  time.Duration // before MaxDuration; 0 = never
	// CompleteOnEnd: LiveKit's report that an egress has ended with a file is enough;
	// otherwise the storage hook has to report the file.
	CompleteOnEnd bool
	Encoding      Encoding
	Hook          Hook
	Patience      Patience
}

// Encoding says how videos are encoded.
type Encoding struct {
	Enabled bool
	livekit.Encoding
}

// Hook configures the storage's own notifications about files.
type Hook struct {
	Enabled bool
	Parser  string // minio or s3
	Auth    bool   // require the token
	Token   conf.Secret
}

// Patience says how long to wait for what others fail to report.
type Patience struct {
	Reconcile time.Duration // between two checks with LiveKit
	Start     time.Duration // for an egress to appear
	Lost      time.Duration // for an egress that LiveKit does not know
	File      time.Duration // for the storage hook, once the egress has ended
}

// Values of Hook.Parser.
const (
	parserMinIO = "minio"
	parserS3    = "s3"
)

func defaults() *Config {
	return &Config{
		Modes: []string{module.ScreenRecording, module.Transcript}, WarnBefore: 5 * time.Minute, CompleteOnEnd: true,
		Encoding: Encoding{Encoding: livekit.Encoding{
			Width: 1280, Height: 720, Framerate: 30, VideoBitrate: 3000, AudioBitrate: 128, KeyFrameInterval: 4,
		}},
		Hook:     Hook{Parser: parserMinIO, Auth: true},
		Patience: Patience{Reconcile: time.Minute, Start: 45 * time.Second, Lost: 2 * time.Minute, File: 10 * time.Minute},
	}
}

func (c *Config) Fields(f *conf.Fields) {
	f.EnabledBy("RECORDING_ENABLE")
	f.List("modes", &c.Modes, "Kinds of recording that are offered.").
		OneOf(module.ScreenRecording, module.Transcript).LegacyAs(variables.Keys, "RECORDING_WORKER_CLASSES")
	f.Duration("max_duration", &c.MaxDuration, "When a recording is stopped; 0 = never. LiveKit's own limit may be shorter.").
		Legacy("RECORDING_MAX_DURATION").LegacyUnit(time.Millisecond).AtLeast(0)
	f.Duration("warn_before", &c.WarnBefore, "How long before that the room is warned; 0 = not at all.").AtLeast(0)
	f.Bool("complete_on_end", &c.CompleteOnEnd, "Take LiveKit's word that a recording is stored; else wait for storage_hook.").
		LegacyAs(negated, "RECORDING_STORAGE_EVENT_ENABLE")
	f.Section("encoding", conf.Group(c.encoding), "How videos are encoded: H.264 main, AAC at 48 kHz.")
	f.Section("storage_hook", conf.Group(c.hook), "The storage's own notice that a file is there.")
	f.Section("patience", conf.Group(c.patience), "How long is waited for what others do not tell.")
}

func (c *Config) encoding(f *conf.Fields) {
	e := &c.Encoding
	f.Bool("enabled", &e.Enabled, "Use these values; else the worker's own.").Legacy("RECORDING_ENCODING_ENABLED")
	f.Int("width", &e.Width, "Pixels.").Legacy("RECORDING_ENCODING_WIDTH").AtLeast(0).AtMost(7680)
	f.Int("height", &e.Height, "Pixels.").Legacy("RECORDING_ENCODING_HEIGHT").AtLeast(0).AtMost(7680)
	f.Int("framerate", &e.Framerate, "Frames a second.").Legacy("RECORDING_ENCODING_FRAMERATE").AtLeast(0).AtMost(240)
	f.Int("video_bitrate", &e.VideoBitrate, "kbit/s.").Legacy("RECORDING_ENCODING_VIDEO_BITRATE_KBPS").AtLeast(0).AtMost(1_000_000)
	f.Int("audio_bitrate", &e.AudioBitrate, "kbit/s.").Legacy("RECORDING_ENCODING_AUDIO_BITRATE_KBPS").AtLeast(0).AtMost(10_000)
	f.Float("key_frame_interval", &e.KeyFrameInterval, "Seconds.").Legacy("RECORDING_ENCODING_KEY_FRAME_INTERVAL_S").AtLeast(0)
}

func (c *Config) hook(f *conf.Fields) {
	h := &c.Hook
	f.Bool("enabled", &h.Enabled, "Serve recordings/storage-hook/.").Legacy("RECORDING_STORAGE_EVENT_ENABLE")
	f.String("parser", &h.Parser, "Whose form the notices have.").OneOf(parserMinIO, parserS3).
		LegacyAs(parserClass, "RECORDING_EVENT_PARSER_CLASS")
	f.Bool("auth", &h.Auth, "Ask for the token.").Legacy("RECORDING_ENABLE_STORAGE_EVENT_AUTH")
	f.Secret("token", &h.Token, "Bearer token of the notices.").Legacy("RECORDING_STORAGE_EVENT_TOKEN")
}

func (c *Config) patience(f *conf.Fields) {
	p := &c.Patience
	f.Duration("reconcile", &p.Reconcile, "Between two looks at what LiveKit knows.").AtLeast(int64(time.Second))
	f.Duration("start", &p.Start, "Until a start of which nothing was heard has failed.").AtLeast(int64(time.Second))
	f.Duration("lost", &p.Lost, "Until a recording that LiveKit does not know, or whose worker is silent, is over.").AtLeast(int64(time.Second))
	f.Duration("file", &p.File, "Until a recording that has ended is taken for stored although storage_hook is silent.").AtLeast(int64(time.Second))
}

// negated reads the legacy form of a switch with the opposite meaning.
func negated(text string) (string, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "yes", "y", "true", "1":
		return strconv.FormatBool(false), nil
	case "no", "n", "false", "0", "":
		return strconv.FormatBool(true), nil
	}
	return "", fmt.Errorf("%q is not true or false", text)
}

// parserClass translates the replaced server's class names.
func parserClass(text string) (string, error) {
	switch {
	case strings.HasSuffix(text, "MinioParser"):
		return parserMinIO, nil
	case strings.HasSuffix(text, "S3Parser"):
		return parserS3, nil
	}
	return "", fmt.Errorf("%q is not a known parser: it ends in MinioParser or S3Parser", text)
}

func (m *Module) Validate() error {
	var errs []error
	if len(m.config.Modes) == 0 {
		errs = append(errs, errors.New("modes: offer one at least, or switch the module off"))
	}
	if !m.config.CompleteOnEnd && !m.config.Hook.Enabled {
		errs = append(errs, errors.New("complete_on_end: recordings would never be complete: switch storage_hook on"))
	}
	return errors.Join(errs...)
}

// shortest is the limit below which a value is most likely a mistake.
const shortest = time.Minute

func (m *Module) Warnings() []string {
	limit := m.config.MaxDuration
	if limit <= 0 || limit >= shortest {
		return nil
	}
	return []string{fmt.Sprintf("max_duration: %s: every recording is stopped that soon", limit)}
}
