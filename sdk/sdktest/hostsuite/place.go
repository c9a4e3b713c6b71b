package hostsuite

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// What a Place must have for the modules of the suite.
const (
	// Name is the module whose host is tested.
	Name = "probe"
	// Listener is a module that listens to Event.
	Listener = "listener"
	// Event is the event that the module Name emits.
	Event = "probe_saved"
	// Scope is a scope of Throttle that allows two events an hour.
	Scope = "probe_calls"
)

// Place is a gateway that was just started, with nobody in it. Its media server
// is down: connections are refused. Telephony is on, with the number +33100000000
// of the country FR and PINs of 10 digits. Modules may create every kind of
// account, with the language fr-fr. Nobody works on jobs or takes deliveries:
// they stay stored.
type Place interface {
	// Host returns a host with all services for a module, whatever it needs.
	Host(moduleName string) module.Host
	// AddUser stores an account and returns it with its id, and with empty fields
	// filled in.
	AddUser(a module.Account) module.Account
	// AddApplication stores an application with at least one secret, the newest
	// first, all but that one with an end, and returns it with all ids. Expired
	// ones may be left out.
	AddApplication(a module.Application) module.Application
	// Stored are the jobs and the deliveries of events: the module's name, a
	// space and the kind, which is "event" for a delivery.
	Stored() []string
	// Messages counts the messages that are stored for sending.
	Messages() int
	// SetFlag switches a flag for everybody.
	SetFlag(key module.Flag, on bool)
	// Audit is the audit log, the newest entry first, with all dates filled in.
	Audit() []module.AuditEntry
}

// test is one promise of a host.
type test struct {
	name string
	run  func(p *probe)
}

// Run runs every case in places of its own.
func Run(t *testing.T, open func(t *testing.T) Place) {
	for _, c := range slices.Concat(
		documentCases(), documentListCases(), commitCases(), roomCases(), roomListCases(),
		accountCases(), applicationCases(), bearerCases(), userCases(), jobCases(), kvCases(), switchCases(), mailCases(),
		recordingCases(), noticeCases(),
	) {
		t.Run(c.name, func(t *testing.T) {
			t.Run("in process", func(t *testing.T) {
				place := open(t)
				c.run(newProbe(t, place, place.Host(Name)))
			})
			t.Run("own process", func(t *testing.T) {
				place := open(t)
				c.run(newProbe(t, place, Remote(t, place.Host(Name))))
			})
		})
	}
}

// probe is the testing module, in a gateway with one user.
type probe struct {
	*testing.T
	module.Host
	place Place
	ada   module.Account
}

func newProbe(t *testing.T, place Place, h module.Host) *probe {
	ada := place.AddUser(module.Account{User: module.User{Sub: "ada", Email: "Ada@example.org"}, Active: true})
	return &probe{T: t, Host: h, place: place, ada: ada}
}

// nobody is an id that does not exist.
var nobody = uuid.MustParse("0d6e9e1c-55f7-4d37-8a55-6a4f4b2d6b99")
