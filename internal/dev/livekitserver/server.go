package livekitserver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"foyer/internal/dev/program"
	"foyer/internal/dev/redisdev"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// The development key pair, used unless Options says otherwise.
const (
	DevKey    = "devkey"
	DevSecret = "devsecret-of-thirty-two-characters"
)

// Options are the arguments of Start; the zero value is a server on a free port that
// sends no webhooks.
type Options struct {
	WebhookURLs []string // where webhooks are sent
	Key, Secret string   // "" = DevKey and DevSecret; a secret needs at least 32 characters
	Port        int      // of HTTP and WebSocket; 0 = a free one
	// SmallRedis uses a Redis inside this process, for machines without a redis-server.
	// It answers only as fast as this process does.
	SmallRedis bool
	// NoRedis makes a server by itself: only agents can reach it as workers.
	NoRedis bool
	// Tell is told, in a line, how the first build gets on; nil = nobody is.
	Tell func(line string)
}

// Server is a running LiveKit server.
type Server struct {
	URL         string // ws://127.0.0.1:port, for browsers and calls alike
	Key, Secret string

	path    string  // of the program
	options Options // with the port
	redis   redis
	process *process
}

// redis is where the server keeps its rooms and reaches its workers.
type redis struct {
	addr string
	stop func()
}

var livekitServer = program.Program{
	Name: "livekit-server", Module: "livekit", Package: "github.com/livekit/livekit-server/cmd/server",
}

// startTime bounds the program's start, once it has been built.
const startTime = time.Minute

// Start returns once the server accepts connections, or with an error if it does not
// within a minute. The very first call builds the program, which takes minutes. The
// server runs until Stop, or as long as this process.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Key == "" {
		o.Key, o.Secret = DevKey, DevSecret
	}
	path, err := livekitServer.Path(ctx, o.Tell)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	redis, err := startRedis(o)
	if err != nil {
		return nil, err
	}
	s := &Server{Key: o.Key, Secret: o.Secret, path: path, redis: redis}
	if err := s.start(ctx, o); err != nil {
		redis.stop()
		return nil, fmt.Errorf("start livekit server: %w", err)
	}
	return s, nil
}

// start tries other ports if it may choose: another process may take the port between
// the check and the start.
func (s *Server) start(ctx context.Context, o Options) error {
	tries := 1
	if o.Port == 0 {
		tries = 5
	}
	var failures []error
	for range tries {
		err := s.launch(ctx, o)
		if err == nil {
			return nil
		}
		failures = append(failures, err)
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failures...)
}

func (s *Server) launch(ctx context.Context, o Options) (err error) {
	if o.Port, err = freeTCP(o.Port); err != nil {
		return err
	}
	udp, err := freeUDP()
	if err != nil {
		return err
	}
	text, err := configText(o, s.redis.addr, udp)
	if err != nil {
		return err
	}
	s.URL, s.options = fmt.Sprintf("ws://127.0.0.1:%d", o.Port), o
	s.process, err = run(ctx, s.path, text, s.HTTPURL())
	return err
}

// Restart stops the server, disconnecting everybody, and starts another on the same port
// and Redis; it returns once that one accepts connections.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.process.end(); err != nil {
		return fmt.Errorf("end livekit server: %w", err)
	}
	if err := s.start(ctx, s.options); err != nil {
		return fmt.Errorf("start livekit server again: %w", err)
	}
	return nil
}

// Crash kills the server without warning: its Redis keeps its rooms and everybody in
// them.
func (s *Server) Crash() { s.process.Kill() }

// Return starts another server after Crash, on the same port and Redis, and returns once
// it accepts connections.
func (s *Server) Return(ctx context.Context) error {
	if err := s.start(ctx, s.options); err != nil {
		return fmt.Errorf("start livekit server after a crash: %w", err)
	}
	return nil
}

// Stop ends the server and its Redis at once. Calling it again does nothing.
func (s *Server) Stop() {
	s.process.Kill()
	s.redis.stop()
}

func startRedis(o Options) (redis, error) {
	if o.NoRedis {
		return redis{stop: func() {}}, nil
	}
	if o.SmallRedis {
		s, err := redisdev.Start()
		if err != nil {
			return redis{}, err
		}
		return redis{s.Addr, s.Stop}, nil
	}
	dir, err := os.MkdirTemp("", "livekitserver")
	if err != nil {
		return redis{}, err
	}
	s, err := redisdev.StartReal(dir)
	if err != nil {
		return redis{}, errors.Join(err, os.RemoveAll(dir))
	}
	return redis{s.Addr(), func() { _ = errors.Join(s.Stop(), os.RemoveAll(dir)) }}, nil
}

// LiveKit returns what a module is given to reach this server.
func (s *Server) LiveKit() module.LiveKit {
	return module.LiveKit{URL: s.URL, APIKey: s.Key, APISecret: conf.NewSecret(s.Secret), VerifyTLS: true}
}

// RedisAddr is the address of the server's Redis, host:port: workers other than agents
// reach the server there.
func (s *Server) RedisAddr() string { return s.redis.addr }

// HTTPURL is the server's URL with the http scheme, for API calls.
func (s *Server) HTTPURL() string { return "http" + strings.TrimPrefix(s.URL, "ws") }

// configText returns the server's configuration; JSON is valid YAML. Everything is bound
// to loopback, and clients are not sent to public STUN servers.
func configText(o Options, redis string, udp int) (string, error) {
	type object = map[string]any
	all := object{
		"port":           o.Port,
		"bind_addresses": []string{"127.0.0.1"},
		"development":    false,
		"keys":           object{o.Key: o.Secret},
		"logging":        object{"level": "error", "pion_level": "error"},
		"rtc": object{
			"node_ip": "127.0.0.1", "tcp_port": 0, "udp_port": udp, "enable_loopback_candidate": true,
			"interfaces": object{"includes": []string{"lo"}}, "stun_servers": []string{"127.0.0.1:3478"},
		},
		"webhook": object{"api_key": o.Key, "urls": o.WebhookURLs},
	}
	if redis != "" {
		all["redis"] = object{"address": redis}
	}
	b, err := json.Marshal(all)
	if err != nil {
		return "", fmt.Errorf("write configuration: %w", err)
	}
	return string(b), nil
}

// freeTCP checks that the port is free, or finds a free one for 0.
func freeTCP(port int) (int, error) {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return 0, fmt.Errorf("look for a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func freeUDP() (int, error) {
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.LocalAddr().(*net.UDPAddr).Port, nil
}
