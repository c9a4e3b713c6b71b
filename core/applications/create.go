package applications

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"foyer/core/legacy/credential"
	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

const (
	maxName     = 255 // characters (external-api.md 4)
	maxClientID = 100 // characters, the column's width
)

// NewApplication is an application to be created.
type NewApplication struct {
	Name string
	// ClientID is generated if "".
	ClientID string
	Rights   Rights
	// SecretExpires is when the secret expires, nil = never.
	SecretExpires *time.Time
}

// CheckName returns a name as it is stored. The error is a *module.FieldError.
func CheckName(name string) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return "", fault(FieldName, "an application needs a name")
	case utf8.RuneCountInString(name) > maxName:
		return "", fault(FieldName, "%d characters at most, and it has %d", maxName, utf8.RuneCountInString(name))
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl): // it is displayed on terminals
		return "", fault(FieldName, "%q has characters that nobody sees", name)
	}
	return name, nil
}

// Create makes an active application with one secret, which cannot be shown
// again: only a hash is kept. Its error has a *module.FieldError for every fault;
// a client id that is taken is a store.ErrConflict.
func (s Service) Create(ctx context.Context, n NewApplication) (store.Application, conf.Secret, error) {
	a := store.Application{ClientID: n.ClientID, IsActive: true}
	var errs [4]error
	a.Name, errs[0] = CheckName(n.Name)
	rights, err := s.rules.Check(n.Rights)
	errs[1], errs[2], errs[3] = err, checkClientID(n.ClientID), checkEnd(n.SecretExpires)
	if err := errors.Join(errs[:]...); err != nil {
		return store.Application{}, conf.Secret{}, err
	}
	a.Scopes, a.Domains, a.Addresses, a.RequireDomains = rights.Scopes, rights.Domains, rights.Addresses, rights.RequireDomains
	if a.ClientID == "" {
		if a.ClientID, err = credential.Random(s.rules.ClientIDLength); err != nil {
			return store.Application{}, conf.Secret{}, err
		}
	}
	secret, hash, err := s.newSecret()
	if err != nil {
		return store.Application{}, conf.Secret{}, err
	}
	a.Secrets = []store.ApplicationSecret{{Hash: hash, ExpiresAt: n.SecretExpires}}
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		if a, err = tx.CreateApplication(ctx, a); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, done(ctx, "create", a, RightsOf(a).String()))
	})
	if err != nil {
		return store.Application{}, conf.Secret{}, err
	}
	return withoutHashes(a), secret, nil
}

// checkClientID accepts what can appear unchanged in a form, a header and a log.
func checkClientID(id string) error {
	if len(id) > maxClientID {
		return fault(FieldClientID, "%d characters at most, and it has %d", maxClientID, len(id))
	}
	if strings.ContainsFunc(id, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._~", r)
	}) {
		return fault(FieldClientID, "%q has other characters than letters, digits and -._~", id)
	}
	return nil
}

// checkEnd refuses an expiry in the past.
func checkEnd(end *time.Time) error {
	if end != nil && !end.After(time.Now()) {
		return fault(FieldExpires, "%s is past", end.UTC().Format(time.RFC3339))
	}
	return nil
}

// newSecret generates a secret and hashes it in the layout of the replaced
// server.
func (s Service) newSecret() (secret conf.Secret, hash string, err error) {
	text, err := credential.Random(s.rules.SecretLength)
	if err != nil {
		return conf.Secret{}, "", err
	}
	hash, err = credential.Make(text, credential.RoundsFor(text))
	return conf.NewSecret(text), hash, err
}

// done is the line of the audit log about a change to an application: its author
// is in the context; at the command line there is none.
func done(ctx context.Context, action string, a store.Application, object string) store.AuditEntry {
	return store.AuditEntry{
		Action: "application." + action, Outcome: "ok", ClientID: a.ClientID, Application: a.ID, Object: object,
		User: module.AuthorFrom(ctx).User, Address: module.CallerFrom(ctx).Address, RequestID: module.RequestID(ctx),
	}
}
