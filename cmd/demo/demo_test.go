package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/internal/dev/livekitdev"
)

// start runs the demo until the test ends and returns the JSON it prints.
func start(t *testing.T) about {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	var log bytes.Buffer
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"--json", "-addr", "127.0.0.1:0"}, w, &log)
		w.CloseWithError(err) // so that the reader learns that nothing more comes
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	line, err := bufio.NewReader(r).ReadString('\n')
	require.NoError(t, err)
	var a about
	require.NoError(t, json.Unmarshal([]byte(line), &a))
	return a
}

func TestDemo_creates_a_room_by_its_own_curl_and_a_client_joins_it(t *testing.T) {
	a := start(t)
	require.Len(t, a.Users, 3)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	require.Eventually(t, func() bool {
		r, err := http.Get(a.Gateway + "/__heartbeat__")
		return err == nil && r.Body.Close() == nil && r.StatusCode == http.StatusOK
	}, 60*time.Second, 20*time.Millisecond)

	out, err := exec.CommandContext(ctx, "bash", "-euc", strings.Join(a.Curl, "\n")).Output()
	require.NoError(t, err)
	var room struct {
		ID, Slug string
		LiveKit  struct{ URL, Room, Token string }
	}
	require.NoError(t, json.Unmarshal(out, &room), string(out))
	require.Equal(t, "my-room", room.Slug)
	require.Equal(t, room.ID, room.LiveKit.Room)

	joined, err := lksdk.ConnectToRoomWithToken(room.LiveKit.URL, room.LiveKit.Token, lksdk.NewRoomCallback(), livekitdev.OnLoopback()...)
	require.NoError(t, err)
	defer joined.Disconnect()
	require.Equal(t, "ada", joined.LocalParticipant.Identity())
	require.Equal(t, "owner", joined.LocalParticipant.Attributes()["room_role"])

	out, err = exec.CommandContext(ctx, "bash", "-euc", strings.Join(a.Program, "\n")).Output()
	require.NoError(t, err)
	require.Contains(t, string(out), `"access_level":"trusted"`, "a room that a program created")
}

func TestDemo_registers_its_program_again_in_a_folder_that_is_kept(t *testing.T) {
	database := config.Default().Database
	database.Dir = t.TempDir()
	first, err := registerProgram(t.Context(), database)
	require.NoError(t, err)
	second, err := registerProgram(t.Context(), database)
	require.NoError(t, err)
	require.NotEqual(t, first, second)
}

func TestDemo_refuses_an_address_that_others_reach(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:8080", "192.0.2.1:8080", ":8080", "nonsense"} {
		require.Error(t, run(context.Background(), []string{"-addr", addr}, io.Discard, io.Discard), addr)
	}
}
