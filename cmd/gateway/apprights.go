package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"foyer/core/applications"
	"foyer/sdk/module"
)

// ruled returns the rules for applications that no setting can change.
func ruled() applications.Rules { return applications.Rules{Scopes: applications.ScopesOf(builtin())} }

// rights holds the flags that say what an application may do.
type rights struct {
	scopes, domains, addresses []string
	require, thirdParty        bool
	given                      *pflag.FlagSet
}

func (r *rights) flags(cmd *cobra.Command, verb string, require bool) {
	f := cmd.Flags()
	r.given = f
	f.StringSliceVar(&r.scopes, "scope", nil, verb+" do this: "+strings.Join(ruled().Scopes, ", ")+", or what other modules ask for")
	f.StringSliceVar(&r.domains, "domain", nil, verb+" act for users of this mail domain")
	f.StringSliceVar(&r.addresses, "address", nil, verb+" call from this address or network (CIDR)")
	if require {
		f.BoolVar(&r.thirdParty, "third-party", false, "the scopes are those of a third party's module, even if they look like a slip")
		f.BoolVar(&r.require, "require-domains", false, "act for nobody while no domain is listed")
	}
}

func (r *rights) empty() bool {
	return len(r.scopes)+len(r.domains)+len(r.addresses) == 0 && !r.require
}

// rights returns the flags as they were given.
func (r *rights) rights() applications.Rights {
	return applications.Rights{
		Scopes: words(r.scopes), Domains: words(r.domains), Addresses: words(r.addresses), RequireDomains: r.require, ThirdParty: r.thirdParty,
	}
}

// named refuses a flag with an empty value.
func (r *rights) named() error {
	var errs []error
	for name, list := range map[string][]string{"scope": r.scopes, "domain": r.domains, "address": r.addresses} {
		if r.given.Changed(name) && len(words(list)) == 0 { // such as an unset variable in a script: it must not mean "no limit"
			errs = append(errs, fmt.Errorf("--%s: nothing is named", name))
		}
	}
	return errors.Join(errs...)
}

// read checks the flags and reports all faults at once.
func (r *rights) read() (applications.Rights, error) {
	checked, err := ruled().Check(r.rights())
	return checked, errors.Join(r.named(), flagged(err))
}

// errNothing means that a command does not say what to change.
var errNothing = errors.New("say what: --scope, --domain, --address or --require-domains")

// some reads the flags of a command that requires at least one of them.
func (r *rights) some() (applications.Rights, error) {
	checked, err := r.read()
	if err == nil && r.empty() {
		err = errNothing
	}
	return checked, err
}

// flagged replaces the names of faulty fields with those of their flags.
func flagged(err error) error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var errs []error
		for _, e := range many.Unwrap() {
			errs = append(errs, flagged(e))
		}
		return errors.Join(errs...)
	}
	if f, ok := errors.AsType[*module.FieldError](err); ok {
		return fmt.Errorf("--%s: %s", f.Field, f.Message)
	}
	return err
}

// words splits the values of a flag, which may be repeated and may contain commas or
// spaces as separators.
func words(given []string) (list []string) {
	for _, text := range given {
		list = append(list, strings.Fields(text)...)
	}
	return list
}
