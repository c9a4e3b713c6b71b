package plugin

import (
	"context"
	"encoding/json"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"foyer/core/module"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

type recordingsServer struct {
	hostv1.UnimplementedRecordingsServer
	host module.Host
}

func wireRecordingOr(r module.Recording, err error) (*hostv1.Recording, error) {
	if err != nil {
		return nil, toStatus(err)
	}
	return wireRecording(r), nil
}

// Settings serves Recordings.Settings.
func (s recordingsServer) Settings(ctx context.Context, _ *hostv1.RecordingSettingsRequest) (*hostv1.RecordingSettingsResponse, error) {
	x, err := s.host.Recordings().Settings(ctx)
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.RecordingSettingsResponse{Folder: x.Folder, Collector: x.Collector}, nil
}

// Create serves Recordings.Create.
func (s recordingsServer) Create(ctx context.Context, in *hostv1.RecordingCreateRequest) (*hostv1.Recording, error) {
	id, err := parseID(in.GetId())
	if err != nil {
		return nil, err
	}
	room, err := parseID(in.GetRoom())
	if err != nil {
		return nil, err
	}
	owner, err := parseID(in.GetOwner())
	if err != nil {
		return nil, err
	}
	return wireRecordingOr(s.host.Recordings().Create(ctx, module.NewRecording{
		ID: id, Room: room, Owner: owner, Mode: in.GetMode(), Options: in.GetOptions(),
	}, thenOf(in.GetThen())))
}

// Find serves Recordings.ByID, ByWorker and UnderWay.
func (s recordingsServer) Find(ctx context.Context, in *hostv1.RecordingFindRequest) (*hostv1.Recording, error) {
	switch by := in.GetBy().(type) {
	case *hostv1.RecordingFindRequest_Id:
		id, err := parseID(by.Id)
		if err != nil {
			return nil, err
		}
		return wireRecordingOr(s.host.Recordings().ByID(ctx, id))
	case *hostv1.RecordingFindRequest_Worker:
		return wireRecordingOr(s.host.Recordings().ByWorker(ctx, by.Worker))
	case *hostv1.RecordingFindRequest_UnderWayIn:
		room, err := parseID(by.UnderWayIn)
		if err != nil {
			return nil, err
		}
		return wireRecordingOr(s.host.Recordings().UnderWay(ctx, room))
	}
	return nil, status.Error(codes.InvalidArgument, "no recording is named")
}

// Pending serves Recordings.Pending.
func (s recordingsServer) Pending(ctx context.Context, in *hostv1.RecordingPendingRequest) (*hostv1.RecordingPendingResponse, error) {
	after := module.Recording{CreatedAt: momentOf(in.GetCreatedAfter())}
	if text := in.GetIdAfter(); text != "" {
		var err error
		if after.ID, err = parseID(text); err != nil {
			return nil, err
		}
	}
	list, err := s.host.Recordings().Pending(ctx, after, int(in.GetLimit()))
	if err != nil {
		return nil, toStatus(err)
	}
	out := &hostv1.RecordingPendingResponse{}
	for _, r := range list {
		out.Recordings = append(out.Recordings, wireRecording(r))
	}
	return out, nil
}

// Owners serves Recordings.Owners.
func (s recordingsServer) Owners(ctx context.Context, in *hostv1.RecordingOwnersRequest) (*hostv1.RecordingOwnersResponse, error) {
	id, err := parseID(in.GetId())
	if err != nil {
		return nil, err
	}
	list, err := s.host.Recordings().Owners(ctx, id)
	if err != nil {
		return nil, toStatus(err)
	}
	out := &hostv1.RecordingOwnersResponse{}
	for _, u := range list {
		out.Owners = append(out.Owners, &hostv1.RecordingOwner{
			Id: u.ID.String(), Sub: u.Sub, Email: u.Email, FullName: u.FullName, Language: u.Language, Timezone: u.Timezone,
		})
	}
	return out, nil
}

// Move serves Recordings.Move.
func (s recordingsServer) Move(ctx context.Context, in *hostv1.RecordingMoveRequest) (*hostv1.RecordingMoveResponse, error) {
	id, err := parseID(in.GetId())
	if err != nil {
		return nil, err
	}
	m := module.RecordingMove{
		To: in.GetTo(), From: in.GetFrom(), Stage: in.GetStage(), Worker: in.GetWorker(), Outcome: in.GetOutcome(),
		Reason: in.GetReason(), Unresolved: in.Unresolved, StartedAt: momentOf(in.GetStartedAt()),
		EndedAt: momentOf(in.GetEndedAt()), LimitAt: momentOf(in.GetLimitAt()), Notices: in.GetNotices(),
	}
	if len(in.GetOption()) > 0 {
		m.Option = map[string]json.RawMessage{}
		for k, v := range in.GetOption() {
			m.Option[k] = v
		}
	}
	r, moved, err := s.host.Recordings().Move(ctx, id, m, thenOf(in.GetThen()))
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.RecordingMoveResponse{Recording: wireRecording(r), Moved: moved}, nil
}

// Stored serves Recordings.Stored.
func (s recordingsServer) Stored(ctx context.Context, in *hostv1.RecordingStoredRequest) (*hostv1.RecordingStoredResponse, error) {
	id, err := parseID(in.GetId())
	if err != nil {
		return nil, err
	}
	stored, err := s.host.Recordings().Stored(ctx, id)
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.RecordingStoredResponse{Stored: stored}, nil
}

// Untold serves Recordings.Untold.
func (s recordingsServer) Untold(ctx context.Context, in *hostv1.RecordingUntoldRequest) (*hostv1.RecordingUntoldResponse, error) {
	id, err := parseID(in.GetId())
	if err != nil {
		return nil, err
	}
	list, err := s.host.Recordings().Untold(ctx, id)
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.RecordingUntoldResponse{Notices: list}, nil
}

// Told serves Recordings.Told.
func (s recordingsServer) Told(ctx context.Context, in *hostv1.RecordingToldRequest) (*hostv1.Recording, error) {
	id, err := parseID(in.GetId())
	if err != nil {
		return nil, err
	}
	return wireRecordingOr(s.host.Recordings().Told(ctx, id, in.GetNotice(), in.GetProcess()))
}

// Report serves Recordings.Report.
func (s recordingsServer) Report(ctx context.Context, in *hostv1.RecordingReportRequest) (*hostv1.RecordingReportResponse, error) {
	known, err := s.host.Recordings().Report(ctx, in.GetProcess(), in.GetOk())
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.RecordingReportResponse{Known: known}, nil
}
