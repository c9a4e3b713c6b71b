package httpx

import "time"

// SetPatience changes how long a stop waits for clients.
func (s *Server) SetPatience(d time.Duration) { s.patience = d }
