package plugin

import (
	"google.golang.org/grpc"

	"foyer/core/module"
	"foyer/core/module/hostapi"
)

// RemoteHost is what a module in a process of its own gets.
func RemoteHost(c *grpc.ClientConn) module.Host { return hostapi.NewClient(c, local{}) }
