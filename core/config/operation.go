package config

import (
	"time"
)

// Throttles maps a scope to its rate, "N/period" with period s, m, h or d by
// its first letter.
type Throttles struct {
	StartSubtitle string // start_subtitle, 30/minute: per identity and room
	Webhook       string // none by default
}

// Jobs is the durable background work.
type Jobs struct {
	Workers     int           // workers: jobs run at once, 10
	MaxAttempts int           // max_attempts before a job is given up, 25
	Timeout     time.Duration // timeout of one attempt, 60s
}

// Flags are static flag values besides the modules' own switches.
type Flags struct {
	Provider string         // provider: static
	Values   map[string]any // values: key -> bool
	Watch    bool           // watch: reload when the file changes, true
}

// Modules is one section a module, by name, and the external ones.
type Modules struct {
	External []ExternalModule // external
}

// ExternalModule is a module in a binary of its own.
type ExternalModule struct {
	Name   string         // name: its section and flag
	Path   string         // path: absolute path of the binary
	SHA256 string         // sha256: hex checksum of the binary
	Enable bool           // enabled
	Config map[string]any // config: the module's own section, decoded by the module
}

// Telemetry is logs, metrics and traces.
type Telemetry struct {
	LogLevel     string  // log_level (LOGGING_LEVEL_LOGGERS_ROOT): debug, info, warn, error
	LogFormat    string  // log_format: json, text
	MetricsAddr  string  // metrics_addr: Prometheus listener, 127.0.0.1:9464, "" = off
	OTLPEndpoint string  // otlp_endpoint: traces go to this OTLP/HTTP URL, "" = off
	SampleRatio  float64 // trace_sample_ratio, 1
}
