package plugin

import (
	"google.golang.org/grpc"

	"foyer/core/module"
)

// ServeHost serves h as the gateway does for a module's process.
func ServeHost(s *grpc.Server, h module.Host) { registerHost(s, h) }

// RemoteHost is what a module in a process of its own gets.
func RemoteHost(c *grpc.ClientConn) module.Host { return &remoteHost{conn: c} }
