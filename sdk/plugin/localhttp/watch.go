package localhttp

import "time"

// look is how often clients are looked at.
const look = 100 * time.Millisecond

// watch ends the contexts of requests whose client is gone, as long as there are
// requests. Those that have just begun are not worth a system call.
func (s *Server) watch() {
	tick := time.NewTicker(look)
	defer tick.Stop()
	idle := 0
	for range tick.C {
		s.mu.Lock()
		if idle++; len(s.running) > 0 {
			idle = 0
		}
		if idle > 10 || s.closed && idle > 0 { // it is not started for each request
			s.watching = false
			s.mu.Unlock()
			return
		}
		for c := range s.running {
			if c.looks++; c.looks > 1 && gone(c.Conn) {
				c.end()
			}
		}
		s.mu.Unlock()
	}
}
