package plugin

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"foyer/core/module"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

// wireMoment is nil for the zero time.
func wireMoment(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// momentOf reads wireMoment back.
func momentOf(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}

func wireRecording(r module.Recording) *hostv1.Recording {
	return &hostv1.Recording{
		Id: r.ID.String(), Room: r.Room.String(), CreatedAt: wireMoment(r.CreatedAt), Status: r.Status, Mode: r.Mode,
		Options: r.Options, Worker: r.Worker, Process: r.Process, Stage: r.Stage, Outcome: r.Outcome,
		Unresolved: r.Unresolved, StartedAt: wireMoment(r.StartedAt), EndedAt: wireMoment(r.EndedAt),
		LimitAt: wireMoment(r.LimitAt), Key: r.Key, MetadataKey: r.MetadataKey, Link: r.Link, ExpiresAt: wireMoment(r.ExpiresAt),
	}
}

func recordingOf(w *hostv1.Recording, err error) (module.Recording, error) {
	if err != nil {
		return module.Recording{}, fromStatus(err)
	}
	id, err := uuid.Parse(w.GetId())
	if err != nil {
		return module.Recording{}, fmt.Errorf("read recording of the host: %w", err)
	}
	room, err := uuid.Parse(w.GetRoom())
	if err != nil {
		return module.Recording{}, fmt.Errorf("read room of the host's recording: %w", err)
	}
	return module.Recording{
		ID: id, Room: room, CreatedAt: momentOf(w.GetCreatedAt()), Status: w.GetStatus(), Mode: w.GetMode(),
		Options: w.GetOptions(), Worker: w.GetWorker(), Process: w.GetProcess(), Stage: w.GetStage(), Outcome: w.GetOutcome(),
		Unresolved: w.GetUnresolved(), StartedAt: momentOf(w.GetStartedAt()), EndedAt: momentOf(w.GetEndedAt()),
		LimitAt: momentOf(w.GetLimitAt()), Key: w.GetKey(), MetadataKey: w.GetMetadataKey(), Link: w.GetLink(),
		ExpiresAt: momentOf(w.GetExpiresAt()),
	}, nil
}

func wireThen(t module.Then) (*hostv1.Then, error) {
	w := &hostv1.Then{}
	for _, j := range t.Jobs {
		args, err := json.Marshal(j.Args)
		if err != nil {
			return nil, fmt.Errorf("encode arguments of job %s: %w", j.Kind, err)
		}
		w.Jobs = append(w.Jobs, &hostv1.NextJob{
			Kind: j.Kind, Args: args, Unique: j.Options.Unique, Delay: durationpb.New(j.Options.Delay),
			MaxAttempts: int32(j.Options.MaxAttempts),
		})
	}
	for _, e := range t.Emit {
		body, err := json.Marshal(e.Body)
		if err != nil {
			return nil, fmt.Errorf("encode event %s: %w", e.Name, err)
		}
		w.Emit = append(w.Emit, &hostv1.Emission{Id: e.ID, Name: e.Name, Room: e.Room, Body: body})
	}
	return w, nil
}

func thenOf(w *hostv1.Then) module.Then {
	var t module.Then
	for _, j := range w.GetJobs() {
		t.Jobs = append(t.Jobs, module.NextJob{Kind: j.GetKind(), Args: json.RawMessage(j.GetArgs()), Options: module.JobOptions{
			Unique: j.GetUnique(), Delay: j.GetDelay().AsDuration(), MaxAttempts: int(j.GetMaxAttempts()),
		}})
	}
	for _, e := range w.GetEmit() {
		t.Emit = append(t.Emit, module.Emission{ID: e.GetId(), Name: e.GetName(), Room: e.GetRoom(), Body: json.RawMessage(e.GetBody())})
	}
	return t
}
