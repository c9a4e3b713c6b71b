package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
	"foyer/internal/dev/oidcdev"
)

var inProcess = []string{"GATEWAY_MODULES__SUBTITLES__ENABLED=true", "GATEWAY_MODULES__SUBTITLES__RUN=process"}

// children returns the live processes that the gateway started.
func (s *server) children() []int {
	s.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	require.NoError(s, err)
	var pids []int
	for _, name := range stats {
		pid, state, parent := stat(name)
		if parent == s.cmd.Process.Pid && state != "Z" {
			pids = append(pids, pid)
		}
	}
	return pids
}

// child returns the only one.
func (s *server) child() int {
	s.Helper()
	pids := s.children()
	require.Len(s, pids, 1)
	return pids[0]
}

// stat reads /proc/PID/stat; a process that is gone has the state "".
func stat(name string) (pid int, state string, parent int) {
	text, err := os.ReadFile(name)
	if err != nil {
		return 0, "", 0
	}
	head, tail, _ := strings.Cut(string(text), " (")
	tail = tail[strings.LastIndex(tail, ")")+1:] // the program's name may contain anything
	if _, err := fmt.Sscan(tail, &state, &parent); err != nil {
		return 0, "", 0
	}
	pid, err = strconv.Atoi(head)
	if err != nil {
		return 0, "", 0
	}
	return pid, state, parent
}

func gone(pid int) bool {
	_, state, _ := stat(fmt.Sprintf("/proc/%d/stat", pid))
	return state == "" || state == "Z" || state == "X"
}

// liveHouse starts a gateway with subtitles, a media server and people; ada has the room
// "one", which the token is for.
func liveHouse(t *testing.T, run string) (s *server, token string) {
	t.Helper()
	media := livekitdev.StartT(t, livekitdev.Options{})
	people := oidcdev.StartT(t, oidcdev.Options{Users: oidcdev.DemoUsers()})
	s = serve(t, t.TempDir(), []string{
		"LIVEKIT_API_URL=" + media.URL, "LIVEKIT_API_KEY=" + media.Key, "LIVEKIT_API_SECRET=" + media.Secret,
		"OIDC_OP_URL=" + people.Issuer, "OIDC_RP_CLIENT_ID=" + people.ClientID, "OIDC_RP_CLIENT_SECRET=" + people.Secret,
		"GATEWAY_MODULES__SUBTITLES__ENABLED=true", "GATEWAY_MODULES__SUBTITLES__RUN=" + run,
		"GATEWAY_THROTTLES__START_SUBTITLE=", // a test asks often
	})
	s.create(s.signIn("ada"), "One")
	return s, s.token("one")
}

const noMeeting = `{"detail":"No live meeting in this room."}` // the module's own text

// A module's answers are the same wherever it runs, down to the headers.
func TestProcess_of_a_module_answers_as_the_gateway_would(t *testing.T) {
	t.Parallel()
	var placements [2][]answer
	for i, run := range []string{"inprocess", "process"} {
		s, token := liveHouse(t, run)
		require.Len(t, s.children(), i)
		for _, a := range []answer{
			s.subtitles(token), s.subtitles("junk"), s.send(plain, http.MethodPost, subtitlePath, ""), s.get(subtitlePath),
			s.send(plain, http.MethodPost, strings.Replace(subtitlePath, "one", "nowhere", 1), "", "Authorization", "Bearer "+token),
		} {
			for _, name := range []string{"Date", "X-Request-Id"} {
				a.header.Del(name)
			}
			placements[i] = append(placements[i], a)
		}
		require.Equal(t, noMeeting, placements[i][0].body)
	}
	require.Equal(t, placements[0], placements[1])
}

func TestProcess_that_is_killed_is_back_within_a_second(t *testing.T) {
	s, token := liveHouse(t, "process")
	require.Equal(t, noMeeting, s.subtitles(token).body)
	best := waitLong
	for range 10 { // the machine is shared, so the best try counts
		before, began := s.child(), time.Now()
		require.NoError(t, syscall.Kill(before, syscall.SIGKILL))
		require.Eventually(t, func() bool { return gone(before) }, waitLong, time.Millisecond)
		require.Equal(t, noMeeting, s.subtitles(token).body, "who comes meanwhile waits for it")
		best = min(best, time.Since(began))
		require.NotEqual(t, before, s.child())
	}
	usual := waitLong // what the machine takes to start the program and do next to nothing
	for range 3 {
		began := time.Now()
		require.Zero(t, gateway(t, t.TempDir(), withMedia, "check-config").code)
		usual = min(usual, time.Since(began))
	}
	t.Logf("back after %s; check-config takes %s", best, usual)
	require.Less(t, best, max(time.Second, 4*usual))
}

// health waits until /__heartbeat__ reports the status.
func (s *server) health(status string) {
	s.Helper()
	require.Eventually(s, func() bool {
		a := s.get("/__heartbeat__")
		return a.status == http.StatusOK && a.body == `{"status":"`+status+`"}`
	}, waitLong, waitShort, "want %s", status)
}

func TestProcess_that_hangs_is_told_noticed_and_replaced(t *testing.T) {
	s, token := liveHouse(t, "process")
	s.health("ok")
	hung := s.child()
	require.NoError(t, syscall.Kill(hung, syscall.SIGSTOP))
	s.health("warning")
	require.Equal(t, http.StatusOK, s.get("/api/v1.0/rooms/one/").status, "the rest goes on")
	require.Eventually(t, func() bool { return gone(hung) }, waitLong, waitShort, "%s", later(s.logs))
	require.Equal(t, noMeeting, s.subtitles(token).body)
	s.health("ok")
	s.logged("module process does not answer")
	s.logged("the process did not answer, and was killed")
}

// A process that hangs is not waited for as long as one that stops, whether or not it
// has a request.
func TestProcess_that_hangs_keeps_no_gateway_from_its_end(t *testing.T) {
	for name, asked := range map[string]bool{"idle": false, "with a request": true} {
		t.Run(name, func(t *testing.T) {
			s, token := liveHouse(t, "process")
			require.Equal(t, noMeeting, s.subtitles(token).body)
			hung := s.child()
			require.NoError(t, syscall.Kill(hung, syscall.SIGSTOP))
			if asked {
				s.dial("POST " + subtitlePath + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + token + "\r\nContent-Length: 0\r\n\r\n")
				time.Sleep(waitShort) // until it is in the process; any later does not matter
			}
			began := time.Now()
			require.Zero(t, s.stop(), s.logs())
			took := time.Since(began)
			t.Logf("ended after %s", took)
			require.Less(t, took, 8*time.Second, "a process that answers has ten seconds")
			s.logged("the process did not answer, and was killed")
			require.NotContains(t, s.logs(), "stop: ", "nor is that a failure of the stop")
			require.Eventually(t, func() bool { return gone(hung) }, waitLong, waitShort)
		})
	}
}

func TestProcess_ends_with_its_gateway(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*server){
		"stopped": func(s *server) { require.Zero(t, s.stop(), s.logs()) },
		"killed":  (*server).kill,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := serve(t, dir, append(inProcess, withMedia...))
			child := s.child()
			end(s)
			require.Eventually(t, func() bool { return gone(child) }, waitLong, waitShort)
			s = serve(t, dir, append(inProcess, withMedia...))
			require.Equal(t, http.StatusForbidden, s.subtitles("junk").status)
		})
	}
}
