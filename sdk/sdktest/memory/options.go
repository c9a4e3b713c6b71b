package memory

import (
	"log/slog"
	"time"

	"foyer/sdk/module"
)

// Options configure the gateway. The zero value is a gateway without telephony
// and storage, where modules may do everything.
type Options struct {
	LiveKit module.LiveKit // returned by Host.LiveKit
	Storage module.Storage // returned by Host.Storage

	// DialIn is how to call in; nil = telephony is off, and rooms have no PINs.
	DialIn *module.DialIn
	// Language is the language of accounts that modules create; "" = en-us.
	Language string
	// NoProvisional and NoAccounts make Accounts.CreateProvisional and
	// CreateWithSub refuse with ErrNotAllowed.
	NoProvisional, NoAccounts bool

	// NoMail makes it a gateway without a mail server: ErrPostponed.
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
	Expiry          time.Duration // lifetime of files, 0 = for ever
}
