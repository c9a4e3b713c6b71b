package memory

import (
	"log/slog"
	"time"

	"foyer/sdk/module"
)

// Options are the configuration of the gateway. The zero value is a gateway
// without telephony and storage, where modules may do everything.
type Options struct {
	LiveKit module.LiveKit // what Host.LiveKit gives
	Storage module.Storage // what Host.Storage gives

	// DialIn is how to call in; nil = telephony is off, and rooms have no PINs.
	DialIn *module.DialIn
	// Language is that of accounts which modules make; "" = en-us.
	Language string
	// NoProvisional and NoAccounts refuse Accounts.CreateProvisional, and
	// CreateWithSub: ErrNotAllowed.
	NoProvisional, NoAccounts bool

	// NoMail is a gateway without a mail server: ErrPostponed.
	NoMail bool
	Brand  module.Brand

	Rates      map[string]Rate // of Throttle, by scope
	Recordings Recordings

	Log *slog.Logger // nil = none
}

// Rate allows Count events in a Period.
type Rate struct {
	Count  int
	Period time.Duration
}

// Recordings are the settings of recordings.
type Recordings struct {
	Folder          string        // of files in the bucket; "" = "recordings"
	Collector       string        // agent that collects metadata, "" = off
	CollectorFolder string        // of its files; "" = "metadata"
	DownloadURL     string        // page that a recording's id is added to, "" = none
	Expiry          time.Duration // after which files go, 0 = never
}
