package subtitles

import (
	"time"

	"foyer/sdk/conf"
)

// Config is the section modules.subtitles.
type Config struct {
	AgentName string        // the agent's registered name
	Timeout   time.Duration // of one request, including the wait for another one's dispatch
}

func (c *Config) Fields(f *conf.Fields) {
	f.EnabledBy("ROOM_SUBTITLE_ENABLED")
	f.String("agent_name", &c.AgentName, "Name of the LiveKit agent to dispatch.").Legacy("ROOM_SUBTITLE_AGENT_NAME")
	f.Duration("timeout", &c.Timeout, "How long a request may take.").AtLeast(int64(time.Second))
}
