package mail

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"foyer/core/module"
)

// kindSend is the one kind of job: a letter to be given to its recipients.
const kindSend = "send"

// restDelay is when those are tried first whom a server put off while it took
// others; then the job's own back-off holds.
const restDelay = 5 * time.Second

// Work is module.Worker: one attempt to send a letter.
func (s *Service) Work(ctx context.Context, j module.Job) error {
	var l letter
	if err := json.Unmarshal(j.Args, &l); err != nil || j.Kind != kindSend {
		return fmt.Errorf("job %q is none of mail's (%w): %w", j.Kind, module.ErrGiveUp, err)
	}
	if s.out == nil { // mail.host was set when the letter was written
		return fmt.Errorf("send letter %s: mail.host is not set", l.ID)
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
	return nil
}

// sendRest leaves those who are put off to a job of their own: the others must
// not get the letter again when these are tried.
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
