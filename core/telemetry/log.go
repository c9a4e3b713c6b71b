package telemetry

import (
	"io"
	"log/slog"

	"foyer/core/config"
	"foyer/sdk/logging"
)

// NewLogger returns a logger that writes to w in the configured format ("json" or
// "text"), from the configured level up.
func NewLogger(cfg config.Telemetry, w io.Writer) (*slog.Logger, error) {
	return logging.New(cfg.LogLevel, cfg.LogFormat, w)
}
