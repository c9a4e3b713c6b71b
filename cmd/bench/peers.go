package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"google.golang.org/protobuf/proto"

	"foyer/internal/dev/smtpdev"
	"foyer/internal/dev/summarydev"
	"foyer/sdk/livekit/lkproto"
)

// peers are the services that the gateway informs about a recording, all stand-ins: they
// answer at once, or accept the request and stay silent.
type peers struct {
	media   *media
	summary *summarydev.Peer
	mail    *smtpdev.Server
}

func newPeers(ctx context.Context) (*peers, error) {
	mail, err := smtpdev.Start(ctx, smtpdev.Options{})
	if err != nil {
		return nil, err
	}
	return &peers{media: newMedia(), summary: summarydev.Start(false), mail: mail}, nil
}

func (p *peers) stop() error {
	p.media.stop()
	p.summary.Stop()
	return p.mail.Stop()
}

// media stands in for LiveKit: every room it is asked about is live, and it knows the
// egresses it has been given.
type media struct {
	server *httptest.Server

	mu       sync.Mutex
	stalled  bool
	held     int            // calls kept waiting
	calls    map[string]int // by method, such as "ListEgress"
	egresses []byte         // encoded answer to ListEgress
	rooms    []byte         // encoded answer to ListRooms without names
	metadata sync.Map       // by room, as last written
}

func newMedia() *media {
	m := &media{calls: map[string]int{}}
	m.server = httptest.NewServer(http.HandlerFunc(m.serve))
	return m
}

func (m *media) stop() {
	m.server.CloseClientConnections()
	m.server.Close()
}

// stall keeps every caller waiting from now on.
func (m *media) stall() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stalled = true
}

// know sets what is being recorded, and in which rooms.
func (m *media) know(egresses []*lkproto.EgressInfo) (err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var live lkproto.ListRoomsResponse
	for _, e := range egresses {
		live.Rooms = append(live.Rooms, &lkproto.Room{Name: e.GetRoomName()})
	}
	var errs [2]error
	m.egresses, errs[0] = proto.Marshal(&lkproto.ListEgressResponse{Items: egresses})
	m.rooms, errs[1] = proto.Marshal(&live)
	return errors.Join(errs[:]...)
}

// counted returns the number of calls so far, by method.
func (m *media) counted() (all int, byMethod map[string]int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	byMethod = map[string]int{}
	for method, n := range m.calls {
		all, byMethod[method] = all+n, n
	}
	return all, byMethod
}

// waiting returns the number of calls kept waiting.
func (m *media) waiting() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.held
}

func (m *media) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	method := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	m.mu.Lock()
	m.calls[method]++
	stalled, egresses, rooms := m.stalled, m.egresses, m.rooms
	if stalled {
		m.held++
	}
	m.mu.Unlock()
	if stalled {
		<-r.Context().Done()
		m.mu.Lock()
		m.held--
		m.mu.Unlock()
		return
	}
	var answer []byte
	switch method {
	case "ListEgress":
		answer = egresses
	case "ListRooms":
		answer, err = m.live(body, rooms)
	case "UpdateRoomMetadata":
		err = m.update(body)
	}
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/protobuf")
	_, _ = w.Write(answer)
}

// update stores a room's metadata: the gateway, having written it, waits until it shows.
func (m *media) update(body []byte) error {
	var in lkproto.UpdateRoomMetadataRequest
	err := proto.Unmarshal(body, &in)
	if err == nil {
		m.metadata.Store(in.GetRoom(), in.GetMetadata())
	}
	return err
}

// live returns every room that is asked for.
func (m *media) live(body, all []byte) ([]byte, error) {
	var in lkproto.ListRoomsRequest
	if err := proto.Unmarshal(body, &in); err != nil || len(in.GetNames()) == 0 {
		return all, err
	}
	var out lkproto.ListRoomsResponse
	for _, name := range in.GetNames() {
		metadata, _ := m.metadata.Load(name)
		text, _ := metadata.(string)
		out.Rooms = append(out.Rooms, &lkproto.Room{Name: name, Metadata: text})
	}
	return proto.Marshal(&out)
}
