package egressdev

import (
	"context"
	"sync"
	"time"

	"github.com/livekit/protocol/egress"
	lkproto "github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/rpc"
	"github.com/livekit/psrpc"
	"google.golang.org/protobuf/proto"
)

// run is one egress.
type run struct {
	w      *Worker
	path   string
	ending Ending
	server rpc.EgressHandlerServer
	stop   chan struct{}
	once   sync.Once
	ended  chan struct{} // closed once the server has been told of the end

	mu   sync.Mutex
	info *lkproto.EgressInfo
}

func (w *Worker) begin(in *rpc.StartEgressRequest, request *lkproto.RoomCompositeEgressRequest, ending Ending) (*lkproto.EgressInfo, error) {
	r := &run{
		w: w, path: request.GetFileOutputs()[0].GetFilepath(), ending: ending, stop: make(chan struct{}), ended: make(chan struct{}),
		info: &lkproto.EgressInfo{
			EgressId: in.GetEgressId(), RoomId: in.GetRoomId(), RoomName: request.GetRoomName(),
			Status: lkproto.EgressStatus_EGRESS_STARTING, UpdatedAt: time.Now().UnixNano(),
			Request: &lkproto.EgressInfo_RoomComposite{RoomComposite: redacted(request)},
		},
	}
	var err error
	if r.server, err = rpc.NewEgressHandlerServer(r, w.bus); err != nil {
		return nil, err
	}
	if err := r.server.RegisterStopEgressTopic(in.GetEgressId()); err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.requests = append(w.requests, request)
	w.running[in.GetEgressId()] = r
	w.mu.Unlock()
	first := proto.Clone(r.info).(*lkproto.EgressInfo)
	// As a real worker does. The server does so too, but possibly after later updates;
	// it then considers the egress known and never attaches it to its room.
	_, _ = w.io.CreateEgress(w.ctx, first)
	w.runs.Go(r.run)
	return first, nil
}

// redacted returns the request as workers report it: without the bucket's keys.
func redacted(request *lkproto.RoomCompositeEgressRequest) *lkproto.RoomCompositeEgressRequest {
	shown := proto.Clone(request).(*lkproto.RoomCompositeEgressRequest)
	egress.RedactEncodedOutputs(shown)
	return shown
}

func (r *run) run() {
	defer r.server.Kill()
	if !r.pause() {
		return
	}
	if r.ending == Silence {
		<-r.w.ctx.Done()
		return
	}
	r.insist(r.note(lkproto.EgressStatus_EGRESS_ACTIVE, ""))
	switch r.ending {
	case Limit:
		r.end(lkproto.EgressStatus_EGRESS_LIMIT_REACHED, "Session limit reached")
	case Fail:
		r.end(lkproto.EgressStatus_EGRESS_FAILED, "upload failed")
	case Abort:
		r.end(lkproto.EgressStatus_EGRESS_ABORTED, "start aborted")
	default:
		select {
		case <-r.stop:
			r.end(lkproto.EgressStatus_EGRESS_COMPLETE, "")
			close(r.ended)
			if r.ending == Late {
				r.wait(2 * lateness) // until the stop is answered
			}
		case <-r.w.ctx.Done():
		}
	}
}

// pause waits one step and reports whether the worker is still running.
func (r *run) pause() bool { return r.wait(r.w.opts.Pace) }

// lateness is the time between the end and the answer to the stop.
const lateness = 500 * time.Millisecond

func (r *run) wait(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-r.w.ctx.Done():
		return false
	}
}

func (r *run) end(status lkproto.EgressStatus, why string) {
	if !r.pause() {
		return
	}
	if status == lkproto.EgressStatus_EGRESS_COMPLETE || status == lkproto.EgressStatus_EGRESS_LIMIT_REACHED {
		if upload := r.w.opts.Upload; upload != nil {
			if err := upload(r.w.ctx, r.path); err != nil {
				status, why = lkproto.EgressStatus_EGRESS_FAILED, err.Error()
			}
		}
	}
	r.insist(r.note(status, why))
	r.w.mu.Lock()
	delete(r.w.running, r.info.GetEgressId())
	r.w.mu.Unlock()
}

// insist repeats an update until the server accepts it or there is a newer one.
func (r *run) insist(told *lkproto.EgressInfo) {
	for r.isNews(told) {
		if _, err := r.w.io.UpdateEgress(r.w.ctx, told); err == nil || !r.pause() {
			return
		}
	}
}

func (r *run) isNews(told *lkproto.EgressInfo) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return told.GetStatus() == r.info.GetStatus()
}

// note records the egress's status and returns its current state: nothing changes after
// its end.
func (r *run) note(status lkproto.EgressStatus, why string) *lkproto.EgressInfo {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.info.GetEndedAt() != 0 {
		return proto.Clone(r.info).(*lkproto.EgressInfo)
	}
	now := time.Now().UnixNano()
	r.info.Status, r.info.UpdatedAt, r.info.Error = status, now, why
	switch status {
	case lkproto.EgressStatus_EGRESS_ACTIVE:
		r.info.StartedAt = now
	case lkproto.EgressStatus_EGRESS_ENDING:
	case lkproto.EgressStatus_EGRESS_COMPLETE, lkproto.EgressStatus_EGRESS_LIMIT_REACHED:
		file := &lkproto.FileInfo{
			Filename: r.path, Location: r.path, StartedAt: r.info.GetStartedAt(), EndedAt: now,
			Duration: now - r.info.GetStartedAt(), Size: 1234,
		}
		r.info.FileResults = []*lkproto.FileInfo{file}
		fallthrough
	default:
		r.info.EndedAt = now
	}
	return proto.Clone(r.info).(*lkproto.EgressInfo)
}

// StopEgress reports the ending only once: a server that is down misses it.
func (r *run) StopEgress(ctx context.Context, _ *lkproto.StopEgressRequest) (*lkproto.EgressInfo, error) {
	if r.ending == Silence {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	told := r.note(lkproto.EgressStatus_EGRESS_ENDING, "")
	if told.GetEndedAt() != 0 {
		return nil, psrpc.NewErrorf(psrpc.FailedPrecondition, "it has ended")
	}
	_, _ = r.w.io.UpdateEgress(r.w.ctx, told)
	r.once.Do(func() { close(r.stop) })
	if r.ending == Late {
		select {
		case <-r.ended:
			r.wait(lateness)
		case <-ctx.Done():
		}
	}
	return told, nil
}

func (r *run) UpdateStream(context.Context, *lkproto.UpdateStreamRequest) (*lkproto.EgressInfo, error) {
	return nil, psrpc.ErrUnimplemented
}

func (r *run) UpdateEgress(context.Context, *lkproto.UpdateEgressRequest) (*lkproto.EgressInfo, error) {
	return nil, psrpc.ErrUnimplemented
}
