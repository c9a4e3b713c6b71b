package memory_test

import (
	"testing"
	"time"

	"foyer/sdk/module"
	"foyer/sdk/sdktest/hostsuite"
	"foyer/sdk/sdktest/memory"
)

// place is the gateway as the suite of hosts sees it.
type place struct{ *memory.Gateway }

func (p place) Stored() (list []string) {
	for _, j := range p.Jobs("") {
		list = append(list, j.Module+" "+j.Kind)
	}
	return list
}

func (p place) Messages() int { return len(p.Gateway.Messages("")) }

func TestHost_in_memory_keeps_what_it_promises(t *testing.T) {
	hostsuite.Run(t, func(*testing.T) hostsuite.Place {
		g := memory.New(memory.Options{
			Language: "fr-fr", DialIn: &module.DialIn{PhoneNumber: "+33100000000", DefaultCountry: "FR"},
			Brand:      module.Brand{Name: "Foyer", Domain: "meet.example.org", BaseURL: "https://meet.example.org"},
			Rates:      map[string]memory.Rate{hostsuite.Scope: {Count: 2, Period: time.Hour}},
			Recordings: memory.Recordings{Collector: "collector", DownloadURL: "https://meet.example.org/recording/", Expiry: 7 * 24 * time.Hour},
		})
		g.Listen(hostsuite.Listener, hostsuite.Event)
		g.LoseMediaServer()
		return place{g}
	})
}
