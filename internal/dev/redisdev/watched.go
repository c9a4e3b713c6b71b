package redisdev

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// The credentials that the servers and Sentinels of Watched demand.
const (
	WatchedName      = "mymaster"
	ServerPassword   = "of-the-servers"
	SentinelPassword = "of-the-sentinels"
)

// Watched is a master with a replica, and three Sentinels that promote the replica
// within seconds when the master is gone.
type Watched struct {
	Servers   []*Real // the first one is the master
	Sentinels []*Real
}

// WatchedT starts the servers for a test, which fails if that is impossible; they end
// with it. more applies to all of them, such as TLS settings.
func WatchedT(t testing.TB, more Options) *Watched {
	t.Helper()
	auth := []string{"--requirepass", ServerPassword, "--masterauth", ServerPassword}
	server := Options{Args: append(auth, more.Args...), Password: ServerPassword, TLS: more.TLS}
	master := WithT(t, server)
	server.Args = append([]string{"--replicaof", "127.0.0.1 " + master.port}, server.Args...)
	w := &Watched{Servers: []*Real{master, WithT(t, server)}}
	w.until(t, w.Servers[1], "master_link_status:up", "replication")
	for range 3 {
		w.Sentinels = append(w.Sentinels, WithT(t, Options{
			Password: SentinelPassword, TLS: more.TLS, Args: append([]string{"--requirepass", SentinelPassword}, more.Args...),
			Sentinel: fmt.Sprintf(`sentinel monitor %[1]s 127.0.0.1 %[2]s 2
sentinel auth-pass %[1]s %[3]s
sentinel sentinel-pass %[4]s
sentinel down-after-milliseconds %[1]s 1000
sentinel failover-timeout %[1]s 3000
`, WatchedName, master.port, ServerPassword, SentinelPassword),
		}))
	}
	for _, s := range w.Sentinels { // until they know one another, and the replica
		w.until(t, s, "slaves=1,sentinels=3", "sentinel")
	}
	return w
}

// Addresses are the addresses of the Sentinels.
func (w *Watched) Addresses() (list []string) {
	for _, s := range w.Sentinels {
		list = append(list, s.Addr())
	}
	return list
}

// until waits until a section of the server's INFO contains text.
func (w *Watched) until(t testing.TB, r *Real, text, section string) {
	t.Helper()
	c := r.Client()
	defer c.Close()
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		info, err := c.Do(t.Context(), "INFO", section).Text()
		if err == nil && strings.Contains(info, text) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the server never tells %s: %v %s", text, err, info)
		}
	}
}
