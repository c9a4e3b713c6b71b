package plugin

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"foyer/core/module"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

// Recordings calls the gateway.
func (h *remoteHost) Recordings() module.Recordings {
	return remoteRecordings{hostv1.NewRecordingsClient(h.conn)}
}

type remoteRecordings struct{ c hostv1.RecordingsClient }

// Settings is module.Recordings.
func (r remoteRecordings) Settings(ctx context.Context) (module.RecordingSettings, error) {
	out, err := r.c.Settings(ctx, &hostv1.RecordingSettingsRequest{})
	return module.RecordingSettings{Folder: out.GetFolder(), Collector: out.GetCollector()}, fromStatus(err)
}

// Create is module.Recordings.
func (r remoteRecordings) Create(ctx context.Context, n module.NewRecording, then module.Then) (module.Recording, error) {
	next, err := wireThen(then)
	if err != nil {
		return module.Recording{}, err
	}
	return recordingOf(r.c.Create(ctx, &hostv1.RecordingCreateRequest{
		Id: n.ID.String(), Room: n.Room.String(), Owner: n.Owner.String(), Mode: n.Mode, Options: n.Options, Then: next,
	}))
}

// ByID is module.Recordings.
func (r remoteRecordings) ByID(ctx context.Context, id uuid.UUID) (module.Recording, error) {
	return recordingOf(r.c.Find(ctx, &hostv1.RecordingFindRequest{By: &hostv1.RecordingFindRequest_Id{Id: id.String()}}))
}

// ByWorker is module.Recordings.
func (r remoteRecordings) ByWorker(ctx context.Context, egress string) (module.Recording, error) {
	return recordingOf(r.c.Find(ctx, &hostv1.RecordingFindRequest{By: &hostv1.RecordingFindRequest_Worker{Worker: egress}}))
}

// UnderWay is module.Recordings.
func (r remoteRecordings) UnderWay(ctx context.Context, room uuid.UUID) (module.Recording, error) {
	return recordingOf(r.c.Find(ctx, &hostv1.RecordingFindRequest{By: &hostv1.RecordingFindRequest_UnderWayIn{UnderWayIn: room.String()}}))
}

// Pending is module.Recordings.
func (r remoteRecordings) Pending(ctx context.Context, after module.Recording, limit int) ([]module.Recording, error) {
	in := &hostv1.RecordingPendingRequest{CreatedAfter: wireMoment(after.CreatedAt), Limit: int32(limit)}
	if after.ID != uuid.Nil {
		in.IdAfter = after.ID.String()
	}
	out, err := r.c.Pending(ctx, in)
	if err != nil {
		return nil, fromStatus(err)
	}
	list := make([]module.Recording, 0, len(out.GetRecordings()))
	for _, w := range out.GetRecordings() {
		x, err := recordingOf(w, nil)
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, nil
}

// Owners is module.Recordings.
func (r remoteRecordings) Owners(ctx context.Context, id uuid.UUID) ([]module.User, error) {
	out, err := r.c.Owners(ctx, &hostv1.RecordingOwnersRequest{Id: id.String()})
	if err != nil {
		return nil, fromStatus(err)
	}
	list := make([]module.User, 0, len(out.GetOwners()))
	for _, u := range out.GetOwners() {
		id, err := uuid.Parse(u.GetId())
		if err != nil {
			return nil, fmt.Errorf("read owner of the host's recording: %w", err)
		}
		list = append(list, module.User{
			ID: id, Sub: u.GetSub(), Email: u.GetEmail(), FullName: u.GetFullName(), Language: u.GetLanguage(), Timezone: u.GetTimezone(),
		})
	}
	return list, nil
}

// Move is module.Recordings.
func (r remoteRecordings) Move(ctx context.Context, id uuid.UUID, m module.RecordingMove, then module.Then) (module.Recording, bool, error) {
	next, err := wireThen(then)
	if err != nil {
		return module.Recording{}, false, err
	}
	in := &hostv1.RecordingMoveRequest{
		Id: id.String(), To: m.To, From: m.From, Stage: m.Stage, Worker: m.Worker, Outcome: m.Outcome, Reason: m.Reason,
		Unresolved: m.Unresolved, StartedAt: wireMoment(m.StartedAt), EndedAt: wireMoment(m.EndedAt),
		LimitAt: wireMoment(m.LimitAt), Notices: m.Notices, Then: next, Option: map[string][]byte{},
	}
	for k, v := range m.Option {
		in.Option[k] = v
	}
	out, err := r.c.Move(ctx, in)
	x, err := recordingOf(out.GetRecording(), err)
	return x, out.GetMoved(), err
}

// Stored is module.Recordings.
func (r remoteRecordings) Stored(ctx context.Context, id uuid.UUID) (bool, error) {
	out, err := r.c.Stored(ctx, &hostv1.RecordingStoredRequest{Id: id.String()})
	return out.GetStored(), fromStatus(err)
}

// Untold is module.Recordings.
func (r remoteRecordings) Untold(ctx context.Context, id uuid.UUID) ([]string, error) {
	out, err := r.c.Untold(ctx, &hostv1.RecordingUntoldRequest{Id: id.String()})
	return out.GetNotices(), fromStatus(err)
}

// Told is module.Recordings.
func (r remoteRecordings) Told(ctx context.Context, id uuid.UUID, notice, process string) (module.Recording, error) {
	return recordingOf(r.c.Told(ctx, &hostv1.RecordingToldRequest{Id: id.String(), Notice: notice, Process: process}))
}

// Report is module.Recordings.
func (r remoteRecordings) Report(ctx context.Context, process string, ok bool) (bool, error) {
	out, err := r.c.Report(ctx, &hostv1.RecordingReportRequest{Process: process, Ok: ok})
	return out.GetKnown(), fromStatus(err)
}
