package main

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"foyer/core/module/conf"
	"foyer/core/module/identifier"
	"foyer/core/store"
	"foyer/modules/external-api/bearer"
)

// scopes are those that an application can have.
func scopes() []string {
	return []string{
		bearer.RoomsCreate, bearer.RoomsList, bearer.RoomsRetrieve, bearer.RoomsUpdate, bearer.RoomsDelete, bearer.RoomsListAll,
	}
}

// rights are flags that say what an application may.
type rights struct {
	scopes, domains, addresses []string
	require                    bool
}

func (r *rights) flags(cmd *cobra.Command, verb string, require bool) {
	f := cmd.Flags()
	f.StringSliceVar(&r.scopes, "scope", nil, verb+" do this: "+strings.Join(scopes(), ", "))
	f.StringSliceVar(&r.domains, "domain", nil, verb+" act for users of this mail domain")
	f.StringSliceVar(&r.addresses, "address", nil, verb+" call from this address or network (CIDR)")
	if require {
		f.BoolVar(&r.require, "require-domains", false, "act for nobody while no domain is listed")
	}
}

func (r *rights) empty() bool {
	return len(r.scopes)+len(r.domains)+len(r.addresses) == 0 && !r.require
}

// read checks the flags and gives all faults at once.
func (r *rights) read() (app store.Application, err error) {
	var errs []error
	for _, s := range r.scopes {
		if s = strings.TrimSpace(s); !slices.Contains(scopes(), s) {
			hint := "the scopes are " + strings.Join(scopes(), ", ")
			if near := conf.Nearest(s, scopes()); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			errs = append(errs, fmt.Errorf("--scope: there is no scope %q: %s", s, hint))
		}
		app.Scopes = add(app.Scopes, s)
	}
	for _, d := range r.domains {
		domain, ok := identifier.Domain(d)
		if !ok {
			errs = append(errs, fmt.Errorf("--domain: %q is no domain such as example.org", d))
		}
		app.Domains = add(app.Domains, domain)
	}
	for _, text := range r.addresses {
		network, err := networkOf(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("--address: %q is no address or network such as 192.0.2.0/24", text))
		}
		app.Addresses = add(app.Addresses, network)
	}
	app.RequireDomains = r.require
	return app, errors.Join(errs...)
}

// networkOf reads an address as the network of that address alone.
func networkOf(text string) (string, error) {
	text = strings.TrimSpace(text)
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

// all are the rights in one text, for the audit log.
func all(app store.Application) string {
	text := slices.Concat(app.Scopes, app.Domains, app.Addresses)
	if app.RequireDomains {
		text = append(text, "require-domains")
	}
	return strings.Join(text, " ")
}
