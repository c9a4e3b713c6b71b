package recording

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/letter"
	"foyer/sdk/module"
)

// words are those of the letter that a recording is ready.
//
//go:embed words
var words embed.FS

// mail tells an owner that a video is ready, in their language and time zone, and closes
// the notice. Users without an address, or who no longer own the recording, are not
// told: so says the contract (recording-summary-files.md 7). Without a mail server the
// notice stays open, for an operator to send (RetryJob): once there is a server, months
// of old mail would be of no use to anybody.
func (s *service) mail(ctx context.Context, r module.Recording, owner uuid.UUID, try string) error {
	owners, err := s.recordings.Owners(ctx, r.ID)
	if err != nil {
		return err
	}
	for _, u := range owners {
		if u.ID != owner || u.Email == "" {
			continue
		}
		m, err := s.message(ctx, r, u)
		if m.Unique += try; err == nil {
			err = s.mails.Enqueue(ctx, m)
		}
		if errors.Is(err, module.ErrPostponed) {
			s.unmailed(ctx, r)
			return nil
		}
		if err != nil {
			return fmt.Errorf("mail to the owner of recording %s: %w", r.ID, err)
		}
	}
	_, err = s.recordings.Told(ctx, r.ID, mailNotice(owner), "")
	return err
}

// unmailed logs once that there is no mail server, and at debug level for every further
// recording.
func (s *service) unmailed(ctx context.Context, r module.Recording) {
	level := slog.LevelDebug
	if s.noMail.CompareAndSwap(false, true) {
		level = slog.LevelInfo
	}
	s.log.Log(ctx, level, "owners get no mail about recordings: mail.host is not set; once it is, 'gateway recording retry' sends it", "recording", r.ID)
}

func (s *service) message(ctx context.Context, r module.Recording, u module.User) (m module.Message, err error) {
	room, err := s.rooms.ByID(ctx, r.Room)
	if err != nil {
		return m, err
	}
	brand, err := s.mails.Brand(ctx)
	if err != nil {
		return m, err
	}
	l, err := s.ready.Write(u.Language, brand, letter.Link{URL: r.Link, Shown: r.Link}, factsOf(r, room, u.Timezone))
	if err != nil {
		return m, err
	}
	return module.Message{
		Unique: jobMail + ":" + r.ID.String() + ":" + u.ID.String(), To: []string{u.Email},
		Subject: l.Subject, Text: l.Text, HTML: l.HTML, Language: u.Language,
	}, nil
}

// factsOf is what the mail says about a recording.
func factsOf(r module.Recording, room module.Room, zone string) map[string]string {
	at := r.CreatedAt
	if there, err := time.LoadLocation(zone); err == nil {
		at = at.In(there)
	}
	f := map[string]string{"Room": room.Name, "Date": at.Format(time.DateOnly), "Time": at.Format("15:04"), "Days": ""}
	if days := int(r.ExpiresAt.Sub(r.CreatedAt).Hours() / 24); days > 0 { // else never, or within the day
		f["Days"] = strconv.Itoa(days)
	}
	return f
}
