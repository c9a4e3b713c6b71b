package mail

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"foyer/sdk/module"
)

// kindSend is the only kind of job: sending a letter to its recipients.
const kindSend = "send"

// restDelay is how long recipients that a server put off while it accepted others
// first wait; after that the job's own back-off applies.
const restDelay = 5 * time.Second

// Work makes one attempt to send a letter.
func (s *Service) Work(ctx context.Context, j module.Job) error {
	var l letter
	if err := json.Unmarshal(j.Args, &l); err != nil || j.Kind != kindSend {
		return fmt.Errorf("job %q is none of mail's (%w): %w", j.Kind, module.ErrGiveUp, err)
	}
	if s.out == nil { // mail.host was set when the letter was written
		return fmt.Errorf("send letter %s: %w", l.ID, ErrOff)
	}
	if s.sent(ctx, l) {
		return nil
	}
	f, err := s.out.send(ctx, l)
	if err != nil {
		return fmt.Errorf("send letter %s: %w", l.ID, err)
	}
	if len(f.delayed) > 0 && len(f.taken)+len(f.refused) == 0 {
		return fmt.Errorf("send letter %s: everybody is put off: %s", l.ID, told(f.delayed))
	}
	if err := s.sendRest(ctx, l, f.delayed); err != nil {
		return err
	}
	if len(f.refused) > 0 {
		return fmt.Errorf("letter %s is refused for %s (%w)", l.ID, told(f.refused), module.ErrGiveUp)
	}
	s.note(ctx, l)
	return nil
}

// noted is how long it is remembered that a letter was accepted: until its job is
// marked done, which the queue does for several at a time and a little later.
const noted = 24 * time.Hour

// sent reports whether a mail server accepted the letter from a process that then
// died.
func (s *Service) sent(ctx context.Context, l letter) bool {
	_, err := s.store.KVGet(ctx, Topic, sentKey(l), time.Now())
	return err == nil
}

// note remembers that the letter was accepted. If that fails, the letter may be
// sent again after a crash; not sending it would be worse.
func (s *Service) note(ctx context.Context, l letter) {
	until := time.Now().Add(noted)
	if err := s.store.KVPut(context.WithoutCancel(ctx), Topic, sentKey(l), []byte{1}, &until); err != nil {
		s.log.WarnContext(ctx, "letter not noted as sent", "letter", l.ID, "error", err)
	}
}

func sentKey(l letter) string { return "sent:" + uniqueKey(l.ID, strings.Join(l.Owed, " ")) }

// sendRest moves recipients who were put off to a job of their own: the others
// must not get the letter again when these are retried.
func (s *Service) sendRest(ctx context.Context, l letter, delayed []answer) error {
	if len(delayed) == 0 {
		return nil
	}
	l.Owed = nil
	for _, a := range delayed {
		l.Owed = append(l.Owed, a.recipient)
	}
	slices.Sort(l.Owed)
	o := module.JobOptions{Delay: restDelay, Unique: uniqueKey(l.ID, strings.Join(l.Owed, " "))}
	return s.jobs.Enqueue(ctx, Topic, kindSend, l, o)
}

func told(answers []answer) string {
	var all []string
	for _, a := range answers {
		all = append(all, fmt.Sprintf("%s (%v)", a.recipient, a.err))
	}
	return strings.Join(all, ", ")
}
