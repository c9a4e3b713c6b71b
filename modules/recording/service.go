package recording

import (
	"log/slog"
	"regexp"
	"slices"
	"sync/atomic"
	"time"

	"foyer/sdk/letter"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// service is the running module.
type service struct {
	config     *Config
	settings   module.RecordingSettings
	storage    module.Storage
	live       *livekit.Client
	rooms      module.Rooms
	recordings module.Recordings
	metadata   module.Metadata
	jobs       module.Jobs
	kv         module.KV
	mails      module.Mail
	ready      *letter.Kind
	keys       *regexp.Regexp // of recordings, as the storage spells them
	log        *slog.Logger
	noMail     atomic.Bool // the missing mail server has been logged
	now        func() time.Time
}

func (s *service) offers(mode string) bool { return slices.Contains(s.config.Modes, mode) }

// asked returns what LiveKit is asked to record.
func (s *service) asked(r module.Recording) livekit.Recording {
	in := livekit.Recording{
		Room: r.Room.String(), Path: r.Key, AudioOnly: r.Mode == module.Transcript, Storage: s.storage,
	}
	if s.config.Encoding.Enabled {
		in.Encoding = &s.config.Encoding.Encoding
	}
	return in
}

// is returns v for a field that a step may leave unset.
func is(v bool) *bool { return &v }
