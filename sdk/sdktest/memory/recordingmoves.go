package memory

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// stages are in the order in which an egress passes through them.
var stages = []string{"", module.EgressStarted, module.EgressEnding, module.EgressEnded}

// isLater reports whether an egress reaches the one stage after the other.
func isLater(stage, other string) bool {
	return slices.Index(stages, stage) > slices.Index(stages, other)
}

func (x recordings) Move(_ context.Context, id uuid.UUID, m module.RecordingMove, then module.Then) (now module.Recording, moved bool, err error) {
	if m.To != "" && !module.IsRecordingStatus(m.To) {
		return now, false, fmt.Errorf("%q is not a status of a recording", m.To)
	}
	s, err := stepOf(x.name, then)
	if err != nil {
		return now, false, err
	}
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	r, err := x.gateway.recording(id)
	if err != nil {
		return now, false, err
	}
	if !r.mayMove(m) {
		return x.gateway.shown(r), false, nil
	}
	options, err := withOptions(r.Options, m.Option)
	if err == nil {
		err = x.gateway.allows(s)
	}
	if err != nil {
		return now, false, fmt.Errorf("move recording %s to %q: %w", id, m.To, err)
	}
	r.move(m, options)
	x.gateway.take(s)
	return x.gateway.shown(r), true, nil
}

// mayMove reports whether the recording's state allows the step.
func (r *recording) mayMove(m module.RecordingMove) bool {
	switch {
	case m.To == "" && m.Stage != "":
		return isLater(m.Stage, r.Stage)
	case m.To == "":
		return true
	case len(m.From) > 0 && !slices.Contains(m.From, r.Status):
		return false
	case r.Status == module.RecordingNotStopped && m.To == module.RecordingSaved && !r.Unresolved:
		return false
	}
	return module.RecordingLeads(r.Status, m.To)
}

// move takes the step.
func (r *recording) move(m module.RecordingMove, options json.RawMessage) {
	r.Status, r.Options = cmp.Or(m.To, r.Status), options
	r.Worker, r.Outcome = cmp.Or(r.Worker, m.Worker), cmp.Or(m.Outcome, r.Outcome)
	if isLater(m.Stage, r.Stage) {
		r.Stage = m.Stage
	}
	if m.Unresolved != nil {
		r.Unresolved = *m.Unresolved
	}
	r.StartedAt, r.EndedAt, r.LimitAt = orKept(m.StartedAt, r.StartedAt), orKept(m.EndedAt, r.EndedAt), orKept(m.LimitAt, r.LimitAt)
	for _, notice := range m.Notices {
		if _, known := r.notices[notice]; !known {
			r.notices[notice] = false
		}
	}
}

func withOptions(options json.RawMessage, added map[string]json.RawMessage) (json.RawMessage, error) {
	if len(added) == 0 {
		return options, nil
	}
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(options, &all); err != nil {
		return nil, fmt.Errorf("read options: %w", err)
	}
	maps.Copy(all, added)
	raw, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("%w: option: %w", module.ErrInvalid, err)
	}
	return raw, nil
}
