package egressdev

import (
	"context"
	"fmt"
	"sync"
	"time"

	lkproto "github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/rpc"
	"github.com/livekit/psrpc"
	"github.com/redis/go-redis/v9"
)

// Ending is how an egress runs and ends.
type Ending int

// The endings.
const (
	Complete Ending = iota // runs until it is stopped, then EGRESS_COMPLETE
	Limit                  // EGRESS_LIMIT_REACHED by itself
	Fail                   // EGRESS_FAILED by itself
	Abort                  // EGRESS_ABORTED by itself
	Refuse                 // is not started
	Silence                // is started, and never heard of again
	Late                   // as Complete, but the stop is answered after the end is reported
)

// Options are the arguments of Start.
type Options struct {
	Redis string // address of the server's Redis, host:port
	// Script chooses how the egress of a room ends; nil = Complete.
	Script func(room string) Ending
	// Upload is called with the file's path before an egress ends with a file; an error
	// makes the egress fail. nil = no upload.
	Upload func(ctx context.Context, path string) error
	// Pace is the time between two steps, 0 = 20 ms.
	Pace time.Duration
}

// Worker is a registered stand-in egress worker.
type Worker struct {
	opts   Options
	redis  *redis.Client
	bus    psrpc.MessageBus
	io     rpc.IOInfoClient
	server rpc.EgressInternalServer
	ctx    context.Context
	cancel context.CancelFunc
	runs   sync.WaitGroup

	mu       sync.Mutex
	running  map[string]*run
	requests []*lkproto.RoomCompositeEgressRequest
}

// Start registers the worker, which runs until Stop.
func Start(ctx context.Context, o Options) (*Worker, error) {
	if o.Pace == 0 {
		o.Pace = 20 * time.Millisecond
	}
	if o.Script == nil {
		o.Script = func(string) Ending { return Complete }
	}
	w := &Worker{opts: o, redis: redis.NewClient(&redis.Options{Addr: o.Redis}), running: map[string]*run{}}
	w.ctx, w.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if err := w.register(); err != nil {
		w.Stop()
		return nil, fmt.Errorf("start stand-in egress worker: %w", err)
	}
	return w, nil
}

func (w *Worker) register() (err error) {
	w.bus = psrpc.NewRedisMessageBus(w.redis)
	if w.io, err = rpc.NewIOInfoClient(w.bus); err != nil {
		return err
	}
	if w.server, err = rpc.NewEgressInternalServer(w, w.bus); err != nil {
		return err
	}
	return w.server.RegisterStartEgressTopic("") // the topic the server uses
}

// Stop ends the worker as a crash would: nothing more is reported about running
// egresses. Calling it again does nothing.
func (w *Worker) Stop() {
	w.cancel()
	w.runs.Wait()
	if w.server != nil {
		w.server.Kill()
		w.server = nil
	}
	if w.io != nil {
		w.io.Close()
		w.io = nil
	}
	_ = w.redis.Close()
}

// Requests returns the accepted requests, in order.
func (w *Worker) Requests() []*lkproto.RoomCompositeEgressRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]*lkproto.RoomCompositeEgressRequest(nil), w.requests...)
}

// Running counts the egresses that have not ended.
func (w *Worker) Running() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.running)
}

// StartEgressAffinity accepts everything.
func (w *Worker) StartEgressAffinity(context.Context, *rpc.StartEgressRequest) float32 { return 1 }

func (w *Worker) ListActiveEgress(context.Context, *rpc.ListActiveEgressRequest) (*rpc.ListActiveEgressResponse, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := &rpc.ListActiveEgressResponse{}
	for id := range w.running {
		r.EgressIds = append(r.EgressIds, id)
	}
	return r, nil
}

func (w *Worker) StartEgress(_ context.Context, in *rpc.StartEgressRequest) (*lkproto.EgressInfo, error) {
	request := in.GetRoomComposite()
	if request == nil || len(request.GetFileOutputs()) == 0 {
		return nil, psrpc.NewErrorf(psrpc.InvalidArgument, "the stand-in records rooms to files only")
	}
	ending := w.opts.Script(request.GetRoomName())
	if ending == Refuse {
		return nil, psrpc.NewErrorf(psrpc.ResourceExhausted, "not enough CPU")
	}
	return w.begin(in, request, ending)
}
