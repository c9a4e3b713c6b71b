package redisdev

import (
	"fmt"

	"github.com/alicebob/miniredis/v2"
)

// Server is a running Redis.
type Server struct {
	Addr string // host:port on loopback

	mini *miniredis.Miniredis
}

// Start listens on a free loopback port.
func Start() (*Server, error) {
	m := miniredis.NewMiniRedis()
	if err := m.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("start redis: %w", err)
	}
	return &Server{Addr: m.Addr(), mini: m}, nil
}

// Stop ends the server; its data is gone.
func (s *Server) Stop() { s.mini.Close() }
