package main

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"foyer/core/bearer"
	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/identifier"
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
	given                      *pflag.FlagSet
}

func (r *rights) flags(cmd *cobra.Command, verb string, require bool) {
	f := cmd.Flags()
	r.given = f
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
	for name, list := range map[string][]string{"scope": r.scopes, "domain": r.domains, "address": r.addresses} {
		if r.given.Changed(name) && len(words(list)) == 0 { // such as an unset variable of a script: no limit is no choice
			errs = append(errs, fmt.Errorf("--%s: nothing is named", name))
		}
	}
	for _, s := range words(r.scopes) {
		if !slices.Contains(scopes(), s) {
			hint := "the scopes are " + strings.Join(scopes(), ", ")
			if near := conf.Nearest(s, scopes()); near != "" {
				hint = fmt.Sprintf("did you mean %q?", near)
			}
			errs = append(errs, fmt.Errorf("--scope: there is no scope %q: %s", s, hint))
		}
		app.Scopes = add(app.Scopes, s)
	}
	for _, d := range words(r.domains) {
		domain, ok := identifier.Domain(d)
		if !ok {
			errs = append(errs, fmt.Errorf("--domain: %q is not a domain such as example.org", d))
		}
		app.Domains = add(app.Domains, domain)
	}
	for _, text := range words(r.addresses) {
		network, err := networkOf(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("--address: %q is not an address or network such as 192.0.2.0/24", text))
		}
		app.Addresses = add(app.Addresses, network)
	}
	app.RequireDomains = r.require
	return app, errors.Join(errs...)
}

// words are those of a flag that may be given several times, with commas or with
// spaces in between.
func words(given []string) (list []string) {
	for _, text := range given {
		list = append(list, strings.Fields(text)...)
	}
	return list
}

// networkOf reads an address as the network of that address alone.
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

// all are the rights in one text, for the audit log.
func all(app store.Application) string {
	text := slices.Concat(app.Scopes, app.Domains, app.Addresses)
	if app.RequireDomains {
		text = append(text, "require-domains")
	}
	return strings.Join(text, " ")
}
