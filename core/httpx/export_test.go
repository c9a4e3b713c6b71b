package httpx

import "time"

// SetPatience sets how long a stop waits for clients.
func (s *Server) SetPatience(d time.Duration) { s.patience = d }
