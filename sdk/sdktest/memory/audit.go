package memory

import (
	"context"
	"slices"
	"strings"

	"foyer/sdk/module"
)

const auditText = 255 // characters

// loggable makes text storable in a database.
func loggable(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if points := []rune(text); len(points) > auditText {
		return string(points[:auditText])
	}
	return text
}

func (x applications) Record(_ context.Context, entries ...module.AuditEntry) error {
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	for _, e := range entries {
		if e.At = stamp(e.At); e.At.IsZero() {
			e.At = x.gateway.now()
		}
		for _, text := range []*string{&e.Action, &e.Outcome, &e.ClientID, &e.Email, &e.Object, &e.TokenID, &e.Address, &e.RequestID} {
			*text = loggable(*text)
		}
		x.gateway.audit = append(x.gateway.audit, e)
	}
	return nil
}

// Audit is the audit log, the newest entry first.
func (g *Gateway) Audit() []module.AuditEntry {
	g.mu.Lock()
	defer g.mu.Unlock()
	list := slices.Clone(g.audit)
	slices.SortStableFunc(list, func(a, b module.AuditEntry) int { return a.At.Compare(b.At) })
	slices.Reverse(list)
	return list
}
