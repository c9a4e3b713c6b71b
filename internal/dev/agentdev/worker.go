package agentdev

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/auth"
	lkproto "github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"google.golang.org/protobuf/proto"

	"foyer/internal/dev/livekitdev"
)

// Options name the server and the agent.
type Options struct {
	URL         string // ws://host:port
	Key, Secret string
	Agent       string // name that dispatches ask for
}

// Job is a job the worker was given, with everything it was told about it.
type Job struct {
	ID         string
	DispatchID string
	Agent      string
	Room       string
	Metadata   string            // of the dispatch
	Attributes map[string]string // of the job
	Token      string            // the job's own, for joining
	Identity   string            // the worker's, in the room
	JoinErr    error             // nil if the worker joined
}

// Worker is a registered stand-in agent.
type Worker struct {
	opts Options
	conn *websocket.Conn
	jobs chan Job
	done chan struct{}

	mu    sync.Mutex // also ensures one writer at a time on conn
	rooms map[string]*lksdk.Room
}

// jobBacklog is how many unread jobs the channel returned by Jobs holds.
const jobBacklog = 256

// Start registers the worker and returns once the server has accepted it.
func Start(ctx context.Context, o Options) (*Worker, error) {
	token, err := auth.NewAccessToken(o.Key, o.Secret).SetValidFor(time.Hour).
		SetVideoGrant(&auth.VideoGrant{Agent: true}).ToJWT()
	if err != nil {
		return nil, fmt.Errorf("sign agent token: %w", err)
	}
	conn, resp, err := websocket.DefaultDialer.DialContext(ctx, o.URL+"/agent?protocol=1",
		http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		return nil, fmt.Errorf("connect agent to %s: %w", o.URL, err)
	}
	_ = resp.Body.Close()
	w := &Worker{
		opts: o, conn: conn, jobs: make(chan Job, jobBacklog), done: make(chan struct{}),
		rooms: map[string]*lksdk.Room{},
	}
	if err := w.register(ctx); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("register agent %s: %w", o.Agent, err)
	}
	go w.serve()
	return w, nil
}

// Jobs delivers each job once the worker has joined its room, or failed to. It is closed
// when the worker ends.
func (w *Worker) Jobs() <-chan Job { return w.jobs }

// Stop leaves all rooms and ends the worker. Calling it again does nothing.
func (w *Worker) Stop() {
	_ = w.conn.Close()
	<-w.done
}

func (w *Worker) register(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { _ = w.conn.Close() })
	defer stop()
	err := w.send(&lkproto.WorkerMessage{Message: &lkproto.WorkerMessage_Register{Register: &lkproto.RegisterWorkerRequest{
		Type: lkproto.JobType_JT_ROOM, AgentName: w.opts.Agent, Version: "stand-in", PingInterval: 30,
		AllowedPermissions: &lkproto.ParticipantPermission{
			CanSubscribe: true, CanPublish: true, CanPublishData: true, CanUpdateMetadata: true,
		},
	}}})
	if err != nil {
		return err
	}
	for {
		m, err := w.receive()
		if err != nil {
			return err
		}
		if m.GetRegister() != nil {
			status := lkproto.WorkerStatus_WS_AVAILABLE
			return w.send(&lkproto.WorkerMessage{Message: &lkproto.WorkerMessage_UpdateWorker{
				UpdateWorker: &lkproto.UpdateWorkerStatus{Status: &status, Load: 0.1}}})
		}
	}
}

// serve answers the server until the connection ends. Each job is joined in its own
// goroutine, so that others are answered in the meantime.
func (w *Worker) serve() {
	var joining sync.WaitGroup
	defer func() {
		joining.Wait()
		w.mu.Lock()
		rooms := w.rooms
		w.rooms = nil
		w.mu.Unlock()
		for _, r := range rooms {
			r.Disconnect()
		}
		close(w.jobs)
		close(w.done)
	}()
	for {
		m, err := w.receive()
		if err != nil {
			return
		}
		switch x := m.GetMessage().(type) {
		case *lkproto.ServerMessage_Availability:
			err = w.accept(x.Availability.GetJob())
		case *lkproto.ServerMessage_Assignment:
			joining.Go(func() { w.join(x.Assignment) })
		case *lkproto.ServerMessage_Termination:
			err = w.leave(x.Termination.GetJobId())
		}
		if err != nil {
			return
		}
	}
}

func (w *Worker) accept(j *lkproto.Job) error {
	return w.send(&lkproto.WorkerMessage{Message: &lkproto.WorkerMessage_Availability{
		Availability: &lkproto.AvailabilityResponse{
			JobId: j.GetId(), Available: true, ParticipantIdentity: identity(j.GetId()), ParticipantName: w.opts.Agent,
		}}})
}

func (w *Worker) join(a *lkproto.JobAssignment) {
	j := a.GetJob()
	got := Job{
		ID: j.GetId(), DispatchID: j.GetDispatchId(), Agent: j.GetAgentName(), Room: j.GetRoom().GetName(),
		Metadata: j.GetMetadata(), Token: a.GetToken(), Identity: identity(j.GetId()),
	}
	got.JoinErr = w.status(j.GetId(), lkproto.JobStatus_JS_RUNNING)
	if got.JoinErr == nil {
		var room *lksdk.Room
		room, got.JoinErr = lksdk.ConnectToRoomWithToken(w.opts.URL, a.GetToken(), lksdk.NewRoomCallback(),
			livekitdev.OnLoopback()...)
		if got.JoinErr == nil {
			w.mu.Lock()
			w.rooms[j.GetId()] = room
			w.mu.Unlock()
		}
	}
	select {
	case w.jobs <- got:
	default: // nobody reads; the backlog is enough to tell
	}
}

func (w *Worker) leave(job string) error {
	w.mu.Lock()
	room := w.rooms[job]
	delete(w.rooms, job)
	w.mu.Unlock()
	if room != nil {
		room.Disconnect()
	}
	return w.status(job, lkproto.JobStatus_JS_SUCCESS)
}

func (w *Worker) status(job string, s lkproto.JobStatus) error {
	return w.send(&lkproto.WorkerMessage{Message: &lkproto.WorkerMessage_UpdateJob{
		UpdateJob: &lkproto.UpdateJobStatus{JobId: job, Status: s}}})
}

func (w *Worker) send(m *lkproto.WorkerMessage) error {
	b, err := proto.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode agent message: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.conn.SetWriteDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return fmt.Errorf("send agent message: %w", err)
	}
	if err := w.conn.WriteMessage(websocket.BinaryMessage, b); err != nil {
		return fmt.Errorf("send agent message: %w", err)
	}
	return nil
}

func (w *Worker) receive() (*lkproto.ServerMessage, error) {
	kind, b, err := w.conn.ReadMessage()
	if err != nil {
		return nil, fmt.Errorf("receive agent message: %w", err)
	}
	if kind != websocket.BinaryMessage {
		return nil, errors.New("receive agent message: not binary")
	}
	var m lkproto.ServerMessage
	if err := proto.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("read agent message: %w", err)
	}
	return &m, nil
}

func identity(job string) string { return "agent-" + job }
