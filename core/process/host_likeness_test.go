package process_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
	"foyer/sdk/sdktest/hostsuite"
	"foyer/sdk/sdktest/memory"
)

// twins are the gateway and its stand-in in tests, which take the same steps.
type twins struct {
	*testing.T
	*rand.Rand
	hosts [2]module.Host
	// What each of them drew by itself, by the place in the order of drawing.
	revisions [2][]int64
	rooms     [2][]module.OwnedRoom
}

// kindOf is which error of the contract it is.
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

// both has each take a step, and compares what it tells.
func (w *twins) both(what string, step func(i int, h module.Host) string) {
	w.Helper()
	want := step(0, w.hosts[0])
	require.Equal(w.T, want, step(1, w.hosts[1]), what)
}

// pick is one of some.
func pick[T any](w *twins, from ...T) T { return from[w.IntN(len(from))] }

// revision is one that was given before, or one that never is.
func (w *twins) revision() func(i int) int64 {
	n := w.IntN(len(w.revisions[0]) + 6)
	return func(i int) int64 {
		switch {
		case n < len(w.revisions[i]):
			return w.revisions[i][n]
		case n < len(w.revisions[i])+3:
			return 0
		}
		return module.AnyRevision
	}
}

var keys = []string{"a", "b", "ba", "é", "\x7f", "b\x00", "\xff", "𐀀", "\uffff", ""}

func (w *twins) write() func(i int) module.DocumentWrite {
	one := module.DocumentWrite{
		Collection: pick(w, "c", "c", "c", "d", module.KVCollection, "C"), Key: pick(w, keys[:5]...), Value: []byte{byte(w.Uint32())},
		Index: pick(w, nil, map[string]string{"by": pick(w, keys...)}, map[string]string{"by": pick(w, keys[:3]...), "at": "x"}), Delete: w.IntN(4) == 0,
		ExpiresAt: pick(w, time.Time{}, time.Time{}, time.Now().Add(time.Hour), time.Now().Add(-time.Hour)),
	}
	if w.IntN(10) == 0 {
		one.Key = pick(w, keys...)
	}
	revision := w.revision()
	return func(i int) module.DocumentWrite {
		one := one
		one.Revision = revision(i)
		return one
	}
}

func (w *twins) commit() {
	var writes []func(int) module.DocumentWrite
	for range 1 + w.IntN(3) {
		writes = append(writes, w.write())
	}
	w.both("commit", func(i int, h module.Host) string {
		var then module.Then
		for _, write := range writes {
			then.Write = append(then.Write, write(i))
		}
		revisions, err := h.Documents().Commit(w.Context(), then)
		written := ""
		for _, r := range revisions {
			if r != 0 {
				w.revisions[i] = append(w.revisions[i], r)
			}
			written += fmt.Sprint(r != 0, " ")
		}
		return fmt.Sprint(written, kindOf(err))
	})
}

func (w *twins) list() {
	q := module.DocumentQuery{
		Collection: pick(w, "c", "c", "d", module.KVCollection), Index: pick(w, "", "", "by", "at"), Reverse: w.IntN(2) == 0, Limit: w.IntN(4),
	}
	if w.IntN(3) == 0 {
		q.Prefix = pick(w, keys...)
	} else if w.IntN(3) == 0 {
		q.Value = pick(w, keys...)
	}
	var after [2]string
	for range 20 {
		w.both(fmt.Sprintf("list %+v", q), func(i int, h module.Host) string {
			q := q
			q.After = after[i]
			page, err := h.Documents().List(w.Context(), q)
			after[i] = page.Next
			told := fmt.Sprint(kindOf(err), page.Next == "")
			for _, d := range page.Documents {
				told += fmt.Sprintf(" %q=%v", d.Key, d.Value)
			}
			return told
		})
		if after[0] == "" {
			return
		}
	}
}

func (w *twins) value() {
	key, value, verb := pick(w, keys...), []byte{byte(w.IntN(3))}, w.IntN(5)
	w.both("value", func(i int, h module.Host) string {
		var done bool
		var got []byte
		var err error
		switch kv := h.KV(); verb {
		case 0:
			got, err = kv.Get(w.Context(), key)
		case 1:
			err = kv.Put(w.Context(), key, value, time.Hour)
		case 2:
			done, err = kv.PutIfAbsent(w.Context(), key, value, 0)
		case 3:
			done, err = kv.DeleteIf(w.Context(), key, value)
		case 4:
			err = kv.Delete(w.Context(), key)
		}
		return fmt.Sprint(verb, done, string(got), kindOf(err))
	})
}

var names = []string{"Weekly call", "weekly-call", "Réunion", "reunion", "会議室", "食堂", "", "a\x00b", "\xff", "0b6d1f0e-0000-4000-8000-00000000000a", "ﬁn Ⅳ", "!"}

// told is what can be compared of a room.
func told(r module.OwnedRoom, err error) string {
	slug := r.Slug
	if len(r.Name) == 0 || r.Name == slug || r.Name == "会議室" || r.Name == "食堂" || r.Name == "!" {
		slug, r.Name = "drawn", ""
	}
	pin := 0
	if r.PIN != nil {
		pin = len(*r.PIN)
	}
	var fault *module.FieldError
	errors.As(err, &fault)
	return fmt.Sprint(r.Name, slug, r.AccessLevel, string(r.Configuration), pin, r.DialIn, r.Role, r.Application, fault, kindOf(err))
}

func (w *twins) room() {
	owner, name, level := pick(w, alice, bob), pick(w, names...), pick(w, "public", "trusted", "restricted")
	configuration := pick(w, nil, json.RawMessage(`{}`), json.RawMessage(`{"a":1}`), json.RawMessage(`[1]`), json.RawMessage(`{`), json.RawMessage(`null`))
	application := pick(w, uuid.Nil, nobody)
	which, verb, stale := w.IntN(len(w.rooms[0])+1), w.IntN(5), w.IntN(2) == 0
	w.both("room", func(i int, h module.Host) string {
		writes := h.RoomWrites()
		if verb == 0 || which == len(w.rooms[i]) {
			r, err := writes.Create(w.Context(), module.NewRoom{Name: name, AccessLevel: level, Configuration: configuration, Owner: owner, Application: application})
			if err == nil {
				w.rooms[i] = append(w.rooms[i], r)
			}
			return told(r, err)
		}
		r, at := &w.rooms[i][which], (*time.Time)(nil)
		if stale {
			at = new(r.UpdatedAt)
		}
		switch verb {
		case 1:
			changed, err := writes.Update(w.Context(), r.ID, owner, module.RoomChange{Name: &name, Configuration: configuration, IfUpdatedAt: at})
			if err == nil && name != "!" { // else the next one is stale
				*r = changed
			}
			return told(changed, err)
		case 2:
			return kindOf(writes.Delete(w.Context(), r.ID, at))
		case 3:
			return told(writes.Find(w.Context(), name, owner))
		}
		return told(writes.Find(w.Context(), r.ID.String(), owner))
	})
	w.both("rooms", func(_ int, h module.Host) string {
		page, err := h.RoomWrites().List(w.Context(), module.RoomQuery{User: owner, Application: application, Limit: 100})
		return fmt.Sprint(len(page.Rooms), page.Count, kindOf(err))
	})
}

var alice, bob, nobody = uuid.MustParse("11111111-0000-4000-8000-000000000001"), uuid.MustParse("11111111-0000-4000-8000-000000000002"), uuid.MustParse("0d6e9e1c-55f7-4d37-8a55-6a4f4b2d6b99")

func (w *twins) account() {
	sub, email, verb := pick(w, "x", "y", "X", "", "a\x00", "\xff"), pick(w, "a@example.org", "A@Example.org", "b@example.org", "no", "", "\xff"), w.IntN(4)
	w.both("account", func(_ int, h module.Host) string {
		var a module.Account
		var list []module.Account
		var err error
		switch people := h.Accounts(); verb {
		case 0:
			a, err = people.CreateWithSub(w.Context(), sub)
		case 1:
			a, err = people.CreateProvisional(w.Context(), email)
		case 2:
			a, err = people.BySub(w.Context(), sub)
		case 3:
			list, err = people.ByEmail(w.Context(), email)
		}
		return fmt.Sprint(verb, a.Sub, a.Email, a.Language, a.Timezone, a.Active, len(list), kindOf(err))
	})
}

// What is foretold case by case is in the suite; here the two are held against
// each other in what nobody thought of.
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
