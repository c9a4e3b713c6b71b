package memory_test

import (
	"testing"

	"foyer/sdk/module"
	"foyer/sdk/sdktest/hostsuite"
	"foyer/sdk/sdktest/memory"
)

// place is the gateway that the suite of hosts asks for.
type place struct{ *memory.Gateway }

// Stored is hostsuite.Place.
func (p place) Stored() (list []string) {
	for _, j := range p.Jobs("") {
		list = append(list, j.Module+" "+j.Kind)
	}
	return list
}

func TestHost_in_memory_keeps_what_it_promises(t *testing.T) {
	hostsuite.Run(t, func(*testing.T) hostsuite.Place {
		g := memory.New(memory.Options{Language: "fr-fr", DialIn: &module.DialIn{PhoneNumber: "+33100000000", DefaultCountry: "FR"}})
		g.Listen(hostsuite.Listener, hostsuite.Event)
		g.LoseMediaServer()
		return place{g}
	})
}
