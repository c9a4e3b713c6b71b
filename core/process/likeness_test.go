package process_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
	"foyer/sdk/sdktest/hostsuite"
	"foyer/sdk/sdktest/memory"
)

// twins are the gateway and its stand-in for tests, which take the same steps.
type twins struct {
	*testing.T
	*rand.Rand
	hosts [2]module.Host
	// What each of them generated itself, in order.
	revisions [2][]int64
	rooms     [2][]module.OwnedRoom
}

// kindOf returns which of the contract's errors it is.
func kindOf(err error) string {
	for _, known := range []error{module.ErrNotFound, module.ErrConflict, module.ErrInvalid, module.ErrChanged} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if err != nil {
		return "an error"
	}
	return "none"
}

// both makes each take a step, and compares the results.
func (w *twins) both(what string, step func(i int, h module.Host) string) {
	w.Helper()
	want := step(0, w.hosts[0])
	require.Equal(w.T, want, step(1, w.hosts[1]), what)
}

// pick returns one of several values.
func pick[T any](w *twins, from ...T) T { return from[w.IntN(len(from))] }

var (
	alice  = uuid.MustParse("11111111-0000-4000-8000-000000000001")
	bob    = uuid.MustParse("11111111-0000-4000-8000-000000000002")
	nobody = uuid.MustParse("0d6e9e1c-55f7-4d37-8a55-6a4f4b2d6b99")
)

// The suite covers the cases somebody thought of; here the two are compared on those
// that nobody did.
func TestHost_in_memory_answers_like_the_gateway(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			real, standIn := open(t, false), memory.New(memory.Options{
				Language: "fr-fr", DialIn: &module.DialIn{PhoneNumber: "+33100000000", DefaultCountry: "FR"},
			})
			for _, u := range []module.User{{ID: alice, Sub: "alice", Email: "alice@example.org"}, {ID: bob, Sub: "bob"}} {
				require.Equal(t, real.AddUser(module.Account{User: u, Active: true}), standIn.AddUser(module.Account{User: u, Active: true}))
			}
			w := &twins{T: t, Rand: rand.New(rand.NewPCG(seed, 0)), hosts: [2]module.Host{real.Host(hostsuite.Name), standIn.Host(hostsuite.Name)}}
			for range 400 {
				pick(w, w.commit, w.commit, w.list, w.value, w.room, w.account)()
			}
		})
	}
}
