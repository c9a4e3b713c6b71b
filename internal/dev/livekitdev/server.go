package livekitdev

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/livekit/livekit-server/pkg/config"
	"github.com/livekit/livekit-server/pkg/routing"
	"github.com/livekit/livekit-server/pkg/service"
	"github.com/livekit/livekit-server/pkg/telemetry/prometheus"

	"foyer/core/module"
	"foyer/core/module/conf"
	"foyer/internal/dev/redisdev"
)

// The development key pair, used unless Options says otherwise.
const (
	DevKey    = "devkey"
	DevSecret = "devsecret-of-thirty-two-characters"
)

// Options are the choices of Start; the zero value is a server on a free port
// that posts no webhooks.
type Options struct {
	WebhookURLs []string // where webhooks are posted
	Key, Secret string   // "" = DevKey and DevSecret; a secret has 32 characters or more
	Port        int      // of HTTP and WebSocket; 0 = a free one
	LogLevel    string   // "" = error; that of the first server of a process holds
}

// Server is a running LiveKit server.
type Server struct {
	URL         string // ws://127.0.0.1:port, for browsers and calls alike
	Key, Secret string

	options Options // with the port
	livekit *service.LivekitServer
	redis   *redisdev.Server
	done    chan error
	stop    sync.Once
	err     error
}

// Start returns once the server accepts connections, or an error when it did
// not before ctx ended. The server lives until Stop.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Key == "" {
		o.Key, o.Secret = DevKey, DevSecret
	}
	redis, err := redisdev.Start()
	if err != nil {
		return nil, err
	}
	s := &Server{Key: o.Key, Secret: o.Secret, redis: redis, done: make(chan error, 1)}
	if err := s.start(ctx, o); err != nil {
		redis.Stop()
		return nil, fmt.Errorf("start livekit server: %w", err)
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, o Options) error {
	if o.Port == 0 {
		var err error
		if o.Port, err = freeTCP(); err != nil {
			return err
		}
	}
	udp, err := freeUDP()
	if err != nil {
		return err
	}
	text, err := configText(o, s.redis.Addr, udp)
	if err != nil {
		return err
	}
	cfg, err := config.NewConfig(text, true, nil, nil)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	if s.livekit, err = build(cfg); err != nil {
		return err
	}
	go func() { s.done <- s.livekit.Start() }()
	s.URL, s.options = fmt.Sprintf("ws://127.0.0.1:%d", o.Port), o
	return s.await(ctx)
}

// setup serializes what the server library keeps in package variables; its
// logger is set by the first server, for what stopped servers leave behind
// still reads it.
var (
	setup  sync.Mutex
	logger sync.Once
)

func build(cfg *config.Config) (*service.LivekitServer, error) {
	setup.Lock()
	defer setup.Unlock()
	logger.Do(func() { config.InitLoggerFromConfig(&cfg.Logging) })
	node, err := routing.NewLocalNode(cfg)
	if err != nil {
		return nil, fmt.Errorf("make node: %w", err)
	}
	if err := prometheus.Init(string(node.NodeID()), node.NodeType()); err != nil {
		return nil, fmt.Errorf("make metrics: %w", err)
	}
	srv, err := service.InitializeServer(cfg, node)
	if err != nil {
		return nil, fmt.Errorf("make server: %w", err)
	}
	return srv, nil
}

// await polls because the library tells its readiness no other way.
func (s *Server) await(ctx context.Context) error {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !s.livekit.IsRunning() {
		select {
		case err := <-s.done:
			return errors.Join(errors.New("it ended at once"), err)
		case <-ctx.Done():
			s.livekit.Stop(true)
			return fmt.Errorf("wait until it runs: %w", ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}

// Restart ends the server, disconnecting everybody, and starts another one on
// the same port and Redis; it returns when that accepts connections.
func (s *Server) Restart(ctx context.Context) error {
	s.livekit.Stop(true)
	if err := <-s.done; err != nil {
		return fmt.Errorf("end livekit server: %w", err)
	}
	if err := s.start(ctx, s.options); err != nil {
		return fmt.Errorf("start livekit server again: %w", err)
	}
	return nil
}

// Stop disconnects everybody, and ends the server and its Redis. Repeats do
// nothing.
func (s *Server) Stop() error {
	s.stop.Do(func() {
		s.livekit.Stop(true)
		s.err = <-s.done
		s.redis.Stop()
	})
	return s.err
}

// LiveKit is what a module is granted for this server.
func (s *Server) LiveKit() module.LiveKit {
	return module.LiveKit{URL: s.URL, APIKey: s.Key, APISecret: conf.NewSecret(s.Secret), VerifyTLS: true}
}

// RedisAddr is where the server's Redis is, host:port: workers of other kinds
// than agents meet the server there.
func (s *Server) RedisAddr() string { return s.redis.Addr }

// HTTPURL is URL in the form of calls.
func (s *Server) HTTPURL() string { return "http" + strings.TrimPrefix(s.URL, "ws") }

// configText is the server's configuration; JSON is YAML. Everything is bound
// to loopback, and clients are not sent to public STUN servers.
func configText(o Options, redis string, udp int) (string, error) {
	level := o.LogLevel
	if level == "" {
		level = "error"
	}
	type object = map[string]any
	b, err := json.Marshal(object{
		"port":           o.Port,
		"bind_addresses": []string{"127.0.0.1"},
		"development":    false, // true registers on the default mux, once a process
		"keys":           object{o.Key: o.Secret},
		"logging":        object{"level": level, "pion_level": level},
		"redis":          object{"address": redis},
		"rtc": object{
			"node_ip": "127.0.0.1", "tcp_port": 0, "udp_port": udp, "enable_loopback_candidate": true,
			"interfaces": object{"includes": []string{"lo"}}, "stun_servers": []string{"127.0.0.1:3478"},
		},
		"webhook": object{"api_key": o.Key, "urls": o.WebhookURLs},
	})
	if err != nil {
		return "", fmt.Errorf("write configuration: %w", err)
	}
	return string(b), nil
}

func freeTCP() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
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
