package config

import (
	"time"

	"foyer/sdk/conf"
)

// Audit is the log of tokens issued and refused, and of what applications did.
type Audit struct {
	Retention time.Duration // retention, 0 = forever
}

func defaultAudit() Audit { return Audit{Retention: 400 * 24 * time.Hour} }

func (a *Audit) Fields(f *conf.Fields) {
	f.Duration("retention", &a.Retention, "How long lines are kept; 0 = for ever.")
}
