package subtitles_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/moduletest"
	"foyer/core/store"
	"foyer/internal/dev/agentdev"
	"foyer/internal/dev/livekitdev"
	"foyer/internal/dev/migrated"
	"foyer/modules/subtitles"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// server is shared by all tests, because its library keeps state in package variables.
var server *livekitdev.Server

func TestMain(m *testing.M) {
	os.Exit(moduletest.Execute(func() int {
		var err error
		if server, err = livekitdev.Start(context.Background(), livekitdev.Options{}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer server.Stop()
		return m.Run()
	}, subtitles.New))
}

// meeting is a room with subtitles.
type meeting struct {
	room  uuid.UUID
	agent string
	c     moduletest.Case
}

func newMeeting() *meeting {
	m := &meeting{room: uuid.New(), agent: "scribe-" + uuid.NewString()}
	m.c = moduletest.Case{New: subtitles.New, Config: "agent_name: " + m.agent + "\n", LiveKit: server.LiveKit()}
	return m
}

// join makes the room live, as a browser does.
func (m *meeting) join(t *testing.T) {
	server.EnterT(t, lksdk.ConnectInfo{RoomName: m.room.String(), ParticipantIdentity: "ada"}, lksdk.NewRoomCallback())
}

func (m *meeting) ask() moduletest.Request {
	return moduletest.Request{
		Method: http.MethodPost, Path: "/api/v1.0/rooms/" + m.room.String() + "/start-subtitle/",
		Caller: &module.Caller{
			Token: &module.TokenClaims{Identity: "ada", Room: m.room.String()},
			Room:  &module.RoomRef{ID: m.room, Slug: "weekly-call"},
		},
	}
}

func (m *meeting) dispatches(t *testing.T) []livekit.Dispatch {
	c := livekit.NewClient(server.LiveKit())
	defer c.Close()
	list, err := c.ListDispatch(context.Background(), m.room.String())
	require.NoError(t, err)
	return slices.DeleteFunc(list, func(d livekit.Dispatch) bool { return d.AgentName == "" })
}

func TestModule_behaves_in_both_placements(t *testing.T) {
	m := newMeeting()
	m.c.Requests = []moduletest.Request{m.ask()} // the room is not live
	moduletest.Run(t, m.c)
}

func TestStart_gives_the_room_one_agent_that_is_told_nothing(t *testing.T) {
	m := newMeeting()
	worker := agentdev.StartT(t, agentdev.Options{URL: server.URL, Key: server.Key, Secret: server.Secret, Agent: m.agent})
	m.join(t)
	m.c.Store = sharedStore(t)
	m.c.Config += "timeout: 60s\n" // the last of many requests waits for all the others
	replicas := []*moduletest.Gateway{moduletest.Start(t, m.c, false), moduletest.Start(t, m.c, true)}

	answers := make([]moduletest.Answer, 20)
	var calls sync.WaitGroup
	for i := range answers {
		calls.Go(func() { answers[i] = replicas[i%len(replicas)].Send(t, m.ask()) })
	}
	calls.Wait()
	for _, a := range answers {
		require.Equal(t, http.StatusOK, a.Status, a.Body)
		require.Equal(t, `{"status":"success"}`, a.Body)
	}
	job := worker.Next(t)
	require.NoError(t, job.JoinErr)
	require.Equal(t, m.room.String(), job.Room)
	require.Empty(t, job.Metadata)
	require.Empty(t, job.Attributes)

	require.Equal(t, http.StatusOK, replicas[0].Send(t, m.ask()).Status, "asked again later")
	require.Len(t, m.dispatches(t), 1)
	require.Empty(t, m.dispatches(t)[0].Metadata)
	worker.Stop()
	_, more := <-worker.Jobs()
	require.False(t, more, "a second job was received")
}

func TestStart_refuses_a_room_that_is_not_live(t *testing.T) {
	m := newMeeting()
	g := moduletest.Start(t, m.c, false)
	a := g.Send(t, m.ask())
	require.Equal(t, http.StatusNotFound, a.Status)
	require.Equal(t, `{"detail":"No live meeting in this room."}`, a.Body)
	c := livekit.NewClient(server.LiveKit())
	defer c.Close()
	rooms, err := c.ListRooms(t.Context(), m.room.String())
	require.NoError(t, err)
	require.Empty(t, rooms, "asking must not make the room live")
}

// LiveKit still lists the room, and would take three seconds over every question about
// it.
func TestStart_refuses_a_room_whose_server_died(t *testing.T) {
	own := livekitdev.StartT(t, livekitdev.Options{})
	m := newMeeting()
	m.c.LiveKit = own.LiveKit()
	g := moduletest.Start(t, m.c, false)
	ada := own.EnterT(t, lksdk.ConnectInfo{RoomName: m.room.String(), ParticipantIdentity: "ada"}, nil)
	own.Crash()
	ada.Disconnect()
	require.NoError(t, own.Return(t.Context()))
	a := g.Send(t, m.ask())
	require.Equal(t, http.StatusNotFound, a.Status)
	require.Equal(t, `{"detail":"No live meeting in this room."}`, a.Body)
}

func TestStart_shows_a_failure_of_LiveKit_as_the_contract_says(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nobody := "ws://" + l.Addr().String()
	require.NoError(t, l.Close())
	m := &meeting{room: uuid.New()}
	m.c = moduletest.Case{New: subtitles.New, LiveKit: module.LiveKit{URL: nobody, APIKey: "key", APISecret: conf.NewSecret(strings.Repeat("s", 32))}}
	g := moduletest.Start(t, m.c, false)
	a := g.Send(t, m.ask())
	require.Equal(t, http.StatusInternalServerError, a.Status)
	require.Equal(t, `{"error":"Subtitles failed to start for room weekly-call"}`, a.Body)
}

func TestStart_waits_for_a_lock_that_is_held_and_takes_one_that_expired(t *testing.T) {
	m := newMeeting()
	m.join(t)
	m.c.Store = sharedStore(t)
	m.c.Config += "timeout: 30s\n"
	g := moduletest.Start(t, m.c, false)
	key, soon := "dispatch:"+m.room.String(), time.Now().Add(300*time.Millisecond)
	require.NoError(t, m.c.Store.KVPut(t.Context(), "subtitles", key, []byte("a replica that crashed"), &soon))
	require.Equal(t, http.StatusOK, g.Send(t, m.ask()).Status)
	require.True(t, time.Now().After(soon), "the lock was not respected")
	require.Len(t, m.dispatches(t), 1)
}

func TestStart_gives_up_on_a_lock_that_stays(t *testing.T) {
	m := newMeeting()
	m.join(t)
	m.c.Store = sharedStore(t)
	m.c.Config += "timeout: 1s\n"
	g := moduletest.Start(t, m.c, false)
	key := "dispatch:" + m.room.String()
	require.NoError(t, m.c.Store.KVPut(t.Context(), "subtitles", key, []byte("somebody else"), nil))
	require.Equal(t, http.StatusInternalServerError, g.Send(t, m.ask()).Status)
	require.Empty(t, m.dispatches(t))
	held, err := m.c.Store.KVGet(t.Context(), "subtitles", key, time.Now())
	require.NoError(t, err)
	require.Equal(t, "somebody else", string(held), "another's lock was taken away")
}

func TestConfig_refuses_an_empty_agent(t *testing.T) {
	m := subtitles.New()
	require.NoError(t, conf.Decode("", "", []byte(`agent_name: ""`), m.Config()))
	require.ErrorContains(t, m.(module.Validator).Validate(), "agent_name")
}

func TestAdvertise_shows_the_feature(t *testing.T) {
	a := subtitles.New().(module.Advertiser).Advertise()
	require.Equal(t, map[string]any{"subtitle": map[string]any{"enabled": true}}, a)
}

func sharedStore(t *testing.T) *store.Store {
	s, err := store.Open(t.Context(), config.Database{Dir: migrated.SQLiteT(t), MaxConns: 4, ConnectTimeout: 5 * time.Second})
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.NoError(t, s.Migrate(t.Context()))
	return s
}
