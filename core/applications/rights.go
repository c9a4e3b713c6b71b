package applications

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/identifier"
	"foyer/sdk/module"
)

// Fields of an application, as they are named in faults.
const (
	FieldName     = "name"
	FieldClientID = "client_id"
	FieldScope    = "scope"
	FieldDomain   = "domain"
	FieldAddress  = "address"
	FieldExpires  = "expires"
	FieldKey      = "key"
)

// mostAtOnce is the longest list accepted in one call.
const mostAtOnce = 1000

// Rights are what an application may do, for whom, and from where.
type Rights struct {
	Scopes         []string
	Domains        []string // of e-mail addresses
	Addresses      []string // networks in CIDR notation, or single addresses
	RequireDomains bool     // act for nobody while no domain is listed

	// ThirdParty says that the scopes are really those of a third party's module,
	// even where one is almost that of a module known here. It is not stored.
	ThirdParty bool
}

// Empty reports whether nothing is named.
func (r Rights) Empty() bool {
	return len(r.Scopes)+len(r.Domains)+len(r.Addresses) == 0 && !r.RequireDomains
}

// String is all of them on one line, as in the audit log.
func (r Rights) String() string {
	text := slices.Concat(r.Scopes, r.Domains, r.Addresses)
	if r.RequireDomains {
		text = append(text, "require-domains")
	}
	return strings.Join(text, " ")
}

// RightsOf returns the rights of an application.
func RightsOf(a store.Application) Rights {
	return Rights{Scopes: a.Scopes, Domains: a.Domains, Addresses: a.Addresses, RequireDomains: a.RequireDomains}
}

// Check returns rights as they are stored, each only once: domains in lower case,
// addresses as networks. Its error has a *module.FieldError for every fault.
func (r Rules) Check(rights Rights) (Rights, error) {
	if len(rights.Scopes)+len(rights.Domains)+len(rights.Addresses) > mostAtOnce {
		return Rights{}, fault(FieldScope, "%d scopes, domains and addresses at most are taken at once", mostAtOnce)
	}
	checked := Rights{RequireDomains: rights.RequireDomains, ThirdParty: rights.ThirdParty}
	var errs []error
	for _, s := range rights.Scopes {
		if !r.grantable(s, rights.ThirdParty) {
			errs = append(errs, r.noScope(s))
		}
		checked.Scopes = add(checked.Scopes, s)
	}
	for _, d := range rights.Domains {
		domain, ok := identifier.Domain(d)
		if !ok {
			errs = append(errs, fault(FieldDomain, "%q is not a domain such as example.org", d))
		}
		checked.Domains = add(checked.Domains, domain)
	}
	for _, text := range rights.Addresses {
		network, err := networkOf(text)
		if err != nil {
			errs = append(errs, fault(FieldAddress, "%q is not an address or network such as 192.0.2.0/24", text))
		}
		checked.Addresses = add(checked.Addresses, network)
	}
	return checked, errors.Join(errs...)
}

// revocable checks rights that are to be revoked. Whatever an application has can
// be revoked, spelled as it is stored, even if it could not be granted: an
// adopted database has its own, and a module that asked for a scope may be gone.
func (r Rules) revocable(rights, has Rights) (Rights, error) {
	part := func(list, held []string) (known, other []string) {
		for _, text := range list {
			if slices.Contains(held, text) {
				known = add(known, text)
			} else {
				other = append(other, text)
			}
		}
		return known, other
	}
	var known, other Rights
	known.Scopes, other.Scopes = part(rights.Scopes, has.Scopes)
	known.Domains, other.Domains = part(rights.Domains, has.Domains)
	known.Addresses, other.Addresses = part(rights.Addresses, has.Addresses)
	other.ThirdParty = rights.ThirdParty
	checked, err := r.Check(other)
	return Rights{
		Scopes: add(known.Scopes, checked.Scopes...), Domains: add(known.Domains, checked.Domains...),
		Addresses: add(known.Addresses, checked.Addresses...), RequireDomains: rights.RequireDomains,
	}, err
}

// noScope says what may have been meant. Whoever really means a third party's
// scope can say so.
func (r Rules) noScope(s string) error {
	hint := "the scopes are " + strings.Join(r.Scopes, ", ")
	if near := conf.Nearest(s, r.Scopes); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	if r.grantable(s, true) {
		hint += " If a third party's module asks for it, say --third-party"
	}
	return fault(FieldScope, "there is no scope %q: %s", s, hint)
}

func fault(field, format string, args ...any) error {
	return &module.FieldError{Field: field, Message: fmt.Sprintf(format, args...), Kind: module.ErrInvalid}
}

// networkOf parses an address as the network of that address alone.
func networkOf(text string) (string, error) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked().String(), nil
	}
	address, err := netip.ParseAddr(text)
	if err != nil {
		return "", err
	}
	address = address.Unmap().WithZone("")
	return netip.PrefixFrom(address, address.BitLen()).String(), nil
}

func add(list []string, more ...string) []string {
	for _, m := range more {
		if !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

func without(list []string, less ...string) []string {
	return slices.DeleteFunc(list, func(x string) bool { return slices.Contains(less, x) })
}
