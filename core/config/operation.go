package config

import (
	"fmt"
	"strings"
	"time"

	"foyer/sdk/conf"
)

// Jobs configures durable background work.
type Jobs struct {
	Workers     int           // workers: concurrent jobs of each module and of the core
	MaxAttempts int           // max_attempts before a job is given up
	Timeout     time.Duration // timeout of one attempt
}

func defaultJobs() Jobs { return Jobs{Workers: 10, MaxAttempts: 25, Timeout: time.Minute} }

func (j *Jobs) Fields(f *conf.Fields) {
	f.Int("workers", &j.Workers, "Jobs that run at once, of each module and of the core: a module whose peer does not answer holds up no other.").AtLeast(1).AtMost(1000)
	f.Int("max_attempts", &j.MaxAttempts, "Attempts before a job is given up.").AtLeast(1).AtMost(100)
	f.Duration("timeout", &j.Timeout, "Time for one attempt.").AtLeast(int64(time.Second))
}

// Flags are static flag values besides the modules' own switches.
type Flags struct {
	Provider string          // provider: static
	Values   map[string]bool // values: flag key -> value
	Watch    bool            // watch: reload when the file changes
}

func (x *Flags) Fields(f *conf.Fields) {
	f.String("provider", &x.Provider, "Where flag values come from; static = this file.").OneOf("static")
	f.Bools("values", &x.Values, "Flag values, besides the modules' own switches: {key: true}.")
	f.Bool("watch", &x.Watch, "Reload when this file changes; SIGHUP reloads anyway.")
}

// Telemetry configures logs, metrics and traces.
type Telemetry struct {
	LogLevel     string  // log_level: debug, info, warn, error
	LogFormat    string  // log_format: json, text
	MetricsAddr  string  // metrics_addr: Prometheus listener, "" = off
	OTLPEndpoint string  // otlp_endpoint: traces go to this OTLP/HTTP URL, "" = off
	SampleRatio  float64 // trace_sample_ratio, 0 to 1
}

func defaultTelemetry() Telemetry {
	return Telemetry{LogLevel: "info", LogFormat: "json", MetricsAddr: "127.0.0.1:9464", SampleRatio: 1}
}

func (t *Telemetry) Fields(f *conf.Fields) {
	f.String("log_level", &t.LogLevel, "Least level that is logged.").
		LegacyAs(logLevel, "LOGGING_LEVEL_LOGGERS_APP", "LOGGING_LEVEL_LOGGERS_ROOT").OneOf("debug", "info", "warn", "error")
	f.String("log_format", &t.LogFormat, "Form of log lines.").OneOf("json", "text")
	f.String("metrics_addr", &t.MetricsAddr, "Address of the Prometheus listener, host:port; \"\" = off.")
	f.String("otlp_endpoint", &t.OTLPEndpoint, "OTLP/HTTP URL that traces go to; \"\" = off.")
	f.Float("trace_sample_ratio", &t.SampleRatio, "Share of requests that are traced.").AtLeast(0).AtMost(1)
}

// logLevel maps the replaced product's level names.
func logLevel(name string) (string, error) {
	levels := map[string]string{
		"DEBUG": "debug", "INFO": "info", "WARNING": "warn", "WARN": "warn",
		"ERROR": "error", "CRITICAL": "error", "FATAL": "error", "NOTSET": "debug",
	}
	if l, ok := levels[strings.ToUpper(strings.TrimSpace(name))]; ok {
		return l, nil
	}
	return "", fmt.Errorf("%q is not DEBUG, INFO, WARNING, ERROR or CRITICAL", name)
}
