package moduletest_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/moduletest"
)

func bothPlacements(t *testing.T, f func(t *testing.T, g *moduletest.Gateway)) {
	for name, process := range map[string]bool{"in process": false, "own process": true} {
		t.Run(name, func(t *testing.T) {
			f(t, moduletest.Start(t, moduletest.Case{New: newProbe}, process))
		})
	}
}

func TestStream_comes_as_it_is_written(t *testing.T) {
	bothPlacements(t, func(t *testing.T, g *moduletest.Gateway) {
		resp, err := http.Get(g.URL + "/probe/stream/")
		require.NoError(t, err)
		defer resp.Body.Close()
		require.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
		in := bufio.NewReader(resp.Body)
		for i := range 3 {
			line, err := in.ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, fmt.Sprintf("data: %d\n", i), line)
			_, err = in.ReadString('\n')
			require.NoError(t, err)
			g.Send(t, get("/probe/next/"))
		}
	})
}

func TestUpgrade_passes_both_ways(t *testing.T) {
	bothPlacements(t, func(t *testing.T, g *moduletest.Gateway) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(g.URL, "http://"))
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, conn.SetDeadline(time.Now().Add(60*time.Second)))
		_, err = io.WriteString(conn, "GET /probe/upgrade/ HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: probe\r\n\r\n")
		require.NoError(t, err)
		in := bufio.NewReader(conn)
		resp, err := http.ReadResponse(in, nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode)
		require.Equal(t, "probe", resp.Header.Get("Upgrade"))
		for _, word := range []string{"one", "two"} {
			_, err = io.WriteString(conn, word+"\n")
			require.NoError(t, err)
			line, err := in.ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, "echo "+word+"\n", line)
		}
	})
}

func TestBody_and_answer_stream_at_the_same_time(t *testing.T) {
	bothPlacements(t, func(t *testing.T, g *moduletest.Gateway) {
		r, w := io.Pipe()
		defer w.Close()
		req, err := http.NewRequest(http.MethodPost, g.URL+"/probe/echo/", r)
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(req) // answers before the body has ended
		require.NoError(t, err)
		defer resp.Body.Close()
		in := bufio.NewReader(resp.Body)
		for _, word := range []string{"one", "two"} {
			_, err = io.WriteString(w, word+"\n")
			require.NoError(t, err)
			line, err := in.ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, strings.ToUpper(word)+"\n", line)
		}
	})
}

func TestBody_of_50_MB_is_not_held_in_memory(t *testing.T) {
	const size, bound = 50 << 20, 16 << 20
	bothPlacements(t, func(t *testing.T, g *moduletest.Gateway) {
		pid := g.Catalog.PID("probe")
		send := func(n int64) (sum string) {
			hash := sha256.New()
			body := io.TeeReader(io.LimitReader(&pattern{}, n), hash)
			resp, err := http.Post(g.URL+"/probe/body/", "application/octet-stream", body)
			require.NoError(t, err)
			defer resp.Body.Close()
			var got struct {
				Bytes int64
				Sum   string
			}
			require.NoError(t, json.NewDecoder(resp.Body).Decode(&got))
			require.Equal(t, n, got.Bytes)
			require.Equal(t, fmt.Sprintf("%x", hash.Sum(nil)), got.Sum)
			return got.Sum
		}
		send(1 << 20) // fills the pools
		host, child := hostMemory(), childMemory(t, pid)
		send(size)
		require.Less(t, hostMemory()-host, int64(bound), "the gateway held the body")
		require.Less(t, childMemory(t, pid)-child, int64(bound), "the module's process held the body")
	})
}

// pattern is an endless stream of bytes.
type pattern struct{ n byte }

func (p *pattern) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = p.n
		p.n++
	}
	return len(b), nil
}

// hostMemory returns the most memory this process has ever taken from the system, in
// bytes.
func hostMemory() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapSys)
}

// childMemory returns the highest resident memory of the process so far, in bytes.
func childMemory(t *testing.T, pid int) int64 {
	if pid == 0 {
		return 0
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	require.NoError(t, err)
	for line := range bytes.Lines(text) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmHWM:")); ok {
			kb, err := strconv.ParseInt(string(bytes.Fields(rest)[0]), 10, 64)
			require.NoError(t, err)
			return kb << 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}
