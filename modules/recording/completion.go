package recording

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// noticeNobody stays open for a recording whose owners are gone, to show that nobody was
// told.
const noticeNobody = "owner"

func mailNotice(owner uuid.UUID) string { return "mail:" + owner.String() }

// completion is what follows when a recording is saved: who has to be told, and the jobs
// and the event that tell them.
type completion struct {
	notices []string
	then    module.Then
}

// completion finds out whom a recording concerns (recording-summary-files.md 6 and 7):
// the owners of a video get a mail; a transcript, or a video that asks for one, goes to
// the external service.
func (s *service) completion(ctx context.Context, r module.Recording) (completion, error) {
	var c completion
	transcribe := optionsOf(r).Transcribe
	summary := r.Mode == module.Transcript || transcribe != nil && *transcribe
	if r.Mode == module.ScreenRecording {
		owners, err := s.recordings.Owners(ctx, r.ID)
		if err != nil {
			return c, err
		}
		for _, u := range owners {
			c.notices = append(c.notices, mailNotice(u.ID))
			c.then.Jobs = append(c.then.Jobs, module.NextJob{Kind: jobMail, Args: about{Recording: r.ID, Owner: u.ID}})
		}
		if len(owners) == 0 {
			c.notices = append(c.notices, noticeNobody)
			s.log.ErrorContext(ctx, "a recording has no owner who could be told", "recording", r.ID)
		}
	}
	if summary {
		c.notices = append(c.notices, module.NoticeSummary)
	}
	c.then.Emit = []module.Emission{savedEvent(r, summary, "")}
	return c, nil
}

// savedEvent tells other modules; every try has its own id.
func savedEvent(r module.Recording, summary bool, try string) module.Emission {
	return module.Emission{
		ID: module.EventRecordingSaved + ":" + r.ID.String() + try, Name: module.EventRecordingSaved, Room: r.Room.String(),
		Body: module.SavedRecording{Recording: r.ID, Summary: summary},
	}
}

// complete saves a recording whose file has been seen, and reports whether it was not
// saved before.
func (s *service) complete(ctx context.Context, r module.Recording, from ...string) (bool, error) {
	done, err := s.completion(ctx, r)
	if err != nil {
		return false, err
	}
	_, moved, err := s.recordings.Move(ctx, r.ID, module.RecordingMove{
		To: module.RecordingSaved, From: from, Notices: done.notices, Unresolved: is(false),
	}, done.then)
	return moved, err
}

// retry repeats the notices that are still open or, if try is not "" (an operator asked
// for it), all of them. A recording that the replaced server left as saved gets its
// notices only now.
func (s *service) retry(ctx context.Context, r module.Recording, try string) error {
	all, err := s.completion(ctx, r)
	if err != nil {
		return err
	}
	if r.Status == module.RecordingSaved {
		if _, _, err := s.recordings.Move(ctx, r.ID, module.RecordingMove{Notices: all.notices}, module.Then{}); err != nil {
			return err
		}
	}
	open, err := s.recordings.Untold(ctx, r.ID)
	if err != nil {
		return err
	}
	wanted := func(notice string) bool { return try != "" || slices.Contains(open, notice) }
	var then module.Then
	for _, j := range all.then.Jobs {
		a, ok := j.Args.(about)
		if ok && wanted(mailNotice(a.Owner)) {
			a.Try = try
			then.Jobs = append(then.Jobs, module.NextJob{Kind: j.Kind, Args: a})
		}
	}
	if slices.Contains(all.notices, module.NoticeSummary) && wanted(module.NoticeSummary) {
		then.Emit = append(then.Emit, savedEvent(r, true, ":"+uuid.NewString()))
	}
	_, _, err = s.recordings.Move(ctx, r.ID, module.RecordingMove{}, then)
	return err
}
