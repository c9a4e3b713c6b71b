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

// Ending is how an egress goes.
type Ending int

// The endings.
const (
	Complete Ending = iota // until it is stopped, then EGRESS_COMPLETE
	Limit                  // EGRESS_LIMIT_REACHED by itself
	Fail                   // EGRESS_FAILED by itself
	Abort                  // EGRESS_ABORTED by itself
	Refuse                 // it is not started
	Silence                // it is started, and nothing is heard of it again
	Late                   // as Complete, but a stop is answered after the end is told
)

// Options are the choices of Start.
type Options struct {
	Redis string // address of the server's Redis, host:port
	// Script says how the egress of a room goes; nil = Complete.
	Script func(room string) Ending
	// Upload is called with the file's path before an egress ends with a file;
	// an error makes it fail. nil = nothing.
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

// Start registers the worker; it works until Stop.
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
	return w.server.RegisterStartEgressTopic("") // the topic the server asks
}

// Stop ends the worker as a crash would: egresses that run are not told of
// again. Repeats do nothing.
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

// Requests are those that were accepted, in order.
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

// StartEgressAffinity is rpc.EgressInternalServerImpl: it takes everything.
func (w *Worker) StartEgressAffinity(context.Context, *rpc.StartEgressRequest) float32 { return 1 }

// ListActiveEgress is rpc.EgressInternalServerImpl.
func (w *Worker) ListActiveEgress(context.Context, *rpc.ListActiveEgressRequest) (*rpc.ListActiveEgressResponse, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := &rpc.ListActiveEgressResponse{}
	for id := range w.running {
		r.EgressIds = append(r.EgressIds, id)
	}
	return r, nil
}

// StartEgress is rpc.EgressInternalServerImpl.
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
