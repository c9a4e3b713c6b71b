package telemetry

import (
	"io"
	"log/slog"

	"foyer/core/config"
	"foyer/sdk/logging"
)

// NewLogger writes lines to w in the configured format ("json" or "text") and
// from the configured level on.
func NewLogger(cfg config.Telemetry, w io.Writer) (*slog.Logger, error) {
	return logging.New(cfg.LogLevel, cfg.LogFormat, w)
}
