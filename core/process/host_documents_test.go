package process_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/events"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/sdk/module"
)

// listener is who works on jobs and listens to what probe emits: nobody does
// either here, they stay where they are stored.
type listener struct{ jobs.Runner }

func (listener) For(event string) []string {
	if event == "probe_saved" {
		return []string{"listener"}
	}
	return nil
}

// queued gives the documents of a gateway whose jobs nobody does.
func (p *place) queued() (*documents.Service, *jobs.Client) {
	p.Helper()
	j, err := jobs.New(p.store, config.Default().Jobs, listener{}, slog.New(slog.DiscardHandler))
	require.NoError(p.T, err)
	require.NoError(p.T, j.Migrate(p.Context()))
	return documents.New(p.store, j, events.New(p.store, j, listener{})), j
}

// stored are the jobs and the deliveries, as topic and kind.
func (p *place) stored() (list []string) {
	p.Helper()
	all, err := p.jobs.List(p.Context(), jobs.Filter{Limit: 100})
	require.NoError(p.T, err)
	for _, j := range all {
		list = append(list, j.Topic+" "+j.Kind)
	}
	return list
}

// write commits one write, and what follows.
func (p *place) write(w module.DocumentWrite) (int64, error) {
	revisions, err := p.Documents().Commit(p.Context(), module.Then{Write: []module.DocumentWrite{w}})
	if err != nil {
		return 0, err
	}
	return revisions[0], nil
}

func (p *place) keys(q module.DocumentQuery) (keys []string) {
	p.Helper()
	for {
		page, err := p.Documents().List(p.Context(), q)
		require.NoError(p.T, err)
		for _, d := range page.Documents {
			keys = append(keys, d.Key)
		}
		if q.After = page.Next; q.After == "" {
			return keys
		}
	}
}

func TestDocuments_are_written_by_revision(t *testing.T) {
	everywhere(t, func(p *place) {
		ctx, d := p.Context(), p.Documents()
		first, err := p.write(module.DocumentWrite{Collection: "trunks", Key: "paris", Value: []byte("1")})
		require.NoError(p.T, err)
		got, err := d.Get(ctx, "trunks", "paris")
		require.NoError(p.T, err)
		require.Equal(p.T, module.Document{Key: "paris", Value: []byte("1"), Revision: first}, got)

		_, err = p.write(module.DocumentWrite{Collection: "trunks", Key: "paris", Value: []byte("2")})
		require.ErrorIs(p.T, err, module.ErrConflict, "it is there")
		second, err := p.write(module.DocumentWrite{Collection: "trunks", Key: "paris", Value: []byte("2"), Revision: first})
		require.NoError(p.T, err)
		_, err = p.write(module.DocumentWrite{Collection: "trunks", Key: "paris", Value: []byte("3"), Revision: first})
		require.ErrorIs(p.T, err, module.ErrChanged)
		_, err = p.write(module.DocumentWrite{Collection: "trunks", Key: "paris", Delete: true, Revision: first})
		require.ErrorIs(p.T, err, module.ErrChanged)
		_, err = p.write(module.DocumentWrite{Collection: "trunks", Key: "lyon", Value: []byte("1"), Revision: first})
		require.ErrorIs(p.T, err, module.ErrNotFound)
		_, err = p.write(module.DocumentWrite{Collection: "trunks", Key: "paris", Delete: true, Revision: second})
		require.NoError(p.T, err)
		_, err = d.Get(ctx, "trunks", "paris")
		require.ErrorIs(p.T, err, module.ErrNotFound)

		for range 2 {
			_, err = p.write(module.DocumentWrite{Collection: "trunks", Key: "any", Value: []byte("1"), Revision: module.AnyRevision})
			require.NoError(p.T, err)
		}
		for range 2 {
			_, err = p.write(module.DocumentWrite{Collection: "trunks", Key: "any", Delete: true, Revision: module.AnyRevision})
			require.NoError(p.T, err)
		}
	})
}

func TestDocuments_are_listed_by_key_and_by_index(t *testing.T) {
	everywhere(t, func(p *place) {
		var writes []module.DocumentWrite
		for i := range 7 {
			writes = append(writes, module.DocumentWrite{
				Collection: "calls", Key: fmt.Sprintf("2026-01-%02d/é", i+1), Value: []byte{byte(i)},
				Index: map[string]string{"room": []string{"a", "b"}[i%2], "none": ""},
			})
		}
		writes = append(writes, module.DocumentWrite{Collection: "other", Key: "x"})
		_, err := p.Documents().Commit(p.Context(), module.Then{Write: writes})
		require.NoError(p.T, err)
		key := func(days ...int) (keys []string) {
			for _, n := range days {
				keys = append(keys, fmt.Sprintf("2026-01-%02d/é", n))
			}
			return keys
		}
		for what, c := range map[string]struct {
			query module.DocumentQuery
			want  []string
		}{
			"all":               {module.DocumentQuery{}, key(1, 2, 3, 4, 5, 6, 7)},
			"the last first":    {module.DocumentQuery{Reverse: true}, key(7, 6, 5, 4, 3, 2, 1)},
			"of a prefix":       {module.DocumentQuery{Prefix: "2026-01-03"}, key(3)},
			"of no such prefix": {module.DocumentQuery{Prefix: "2027"}, nil},
			"of a room":         {module.DocumentQuery{Index: "room", Value: "b"}, key(2, 4, 6)},
			"of a room, back":   {module.DocumentQuery{Index: "room", Value: "b", Reverse: true}, key(6, 4, 2)},
			"by room":           {module.DocumentQuery{Index: "room"}, key(1, 3, 5, 7, 2, 4, 6)},
			"in no index":       {module.DocumentQuery{Index: "none"}, nil},
		} {
			c.query.Collection = "calls"
			for _, c.query.Limit = range []int{0, 1, 2, 100} {
				require.Equal(p.T, c.want, p.keys(c.query), "%s, %d a page", what, c.query.Limit)
			}
		}
		many, err := p.Documents().GetMany(p.Context(), "calls", append(key(5, 1), "none", "\xff")...)
		require.NoError(p.T, err)
		require.Equal(p.T, key(1, 5), []string{many[0].Key, many[1].Key})
	})
}

func TestDocuments_that_have_ended_are_not_there(t *testing.T) {
	everywhere(t, func(p *place) {
		over := module.DocumentWrite{Collection: "codes", Key: "k", ExpiresAt: time.Now().Add(-time.Second), Index: map[string]string{"by": "x"}}
		_, err := p.write(over)
		require.NoError(p.T, err)
		_, err = p.Documents().Get(p.Context(), "codes", "k")
		require.ErrorIs(p.T, err, module.ErrNotFound)
		require.Empty(p.T, p.keys(module.DocumentQuery{Collection: "codes", Index: "by"}))

		until := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
		_, err = p.write(module.DocumentWrite{Collection: "codes", Key: "k", ExpiresAt: until})
		require.NoError(p.T, err, "its place is free")
		got, err := p.Documents().Get(p.Context(), "codes", "k")
		require.NoError(p.T, err)
		require.Equal(p.T, until, got.ExpiresAt)
		require.Empty(p.T, p.keys(module.DocumentQuery{Collection: "codes", Index: "by"}), "what it was found by went with it")
	})
}

func TestValues_of_KV_are_documents_of_a_collection(t *testing.T) {
	everywhere(t, func(p *place) {
		ctx := p.Context()
		require.NoError(p.T, p.KV().Put(ctx, "k", []byte("v"), 0))
		got, err := p.Documents().Get(ctx, module.KVCollection, "k")
		require.NoError(p.T, err)
		require.Equal(p.T, "v", string(got.Value))
		require.NoError(p.T, p.KV().Put(ctx, "k", []byte("w"), 0))
		_, err = p.write(module.DocumentWrite{Collection: module.KVCollection, Key: "k", Value: []byte("x"), Revision: got.Revision})
		require.ErrorIs(p.T, err, module.ErrChanged)
		_, err = p.write(module.DocumentWrite{Collection: module.KVCollection, Key: "k", Value: []byte("x"), Revision: module.AnyRevision})
		require.NoError(p.T, err)
		value, err := p.KV().Get(ctx, "k")
		require.NoError(p.T, err)
		require.Equal(p.T, "x", string(value))
	})
}

func TestCommit_is_all_or_nothing(t *testing.T) {
	everywhere(t, func(p *place) {
		then := func(id string, more ...module.DocumentWrite) module.Then {
			return module.Then{
				Write: append([]module.DocumentWrite{{Collection: "calls", Key: id}}, more...),
				Jobs:  []module.NextJob{{Kind: "ring", Args: map[string]string{"call": id}}},
				Emit:  []module.Emission{{ID: "saved-" + id, Name: "probe_saved", Body: map[string]string{"call": id}}},
			}
		}
		revisions, err := p.Documents().Commit(p.Context(), then("a"))
		require.NoError(p.T, err)
		require.Len(p.T, revisions, 1)
		require.ElementsMatch(p.T, []string{"probe ring", "listener event"}, p.stored())

		for what, c := range map[string]struct {
			then module.Then
			want error
		}{
			"a write too late":                 {then("b", module.DocumentWrite{Collection: "calls", Key: "a"}), module.ErrConflict},
			"a write of what was never there":  {then("b", module.DocumentWrite{Collection: "calls", Key: "x", Revision: 7}), module.ErrNotFound},
			"two writes of one":                {then("b", module.DocumentWrite{Collection: "calls", Key: "b", Revision: module.AnyRevision}), module.ErrInvalid},
			"a job that no JSON is made of":    {module.Then{Write: then("b").Write, Jobs: []module.NextJob{{Kind: "ring", Args: make(chan int)}}}, nil},
			"an event of another's name":       {module.Then{Write: then("b").Write, Jobs: then("b").Jobs, Emit: []module.Emission{{ID: "1", Name: "other_saved"}}}, module.ErrInvalid},
			"an event without an id":           {module.Then{Write: then("b").Write, Emit: []module.Emission{{Name: "probe_saved"}}}, module.ErrInvalid},
			"an event of a room that is not":   {module.Then{Write: then("b").Write, Emit: []module.Emission{{ID: "1", Name: "probe_saved", Room: "a\x00"}}}, module.ErrInvalid},
			"a job of more than can be stored": {module.Then{Write: then("b").Write, Jobs: make([]module.NextJob, 101)}, module.ErrInvalid},
		} {
			_, err := p.Documents().Commit(p.Context(), c.then)
			require.Error(p.T, err, what)
			if c.want != nil {
				require.ErrorIs(p.T, err, c.want, what)
			}
			_, err = p.Documents().Get(p.Context(), "calls", "b")
			require.ErrorIs(p.T, err, module.ErrNotFound, what)
			require.Len(p.T, p.stored(), 2, what)
		}

		_, err = p.Documents().Commit(p.Context(), module.Then{Jobs: then("c").Jobs, Emit: then("a").Emit})
		require.NoError(p.T, err, "nothing has to be written, and what was emitted is not emitted again")
		require.ElementsMatch(p.T, []string{"probe ring", "probe ring", "listener event"}, p.stored())
	})
}

func TestDocuments_beyond_measure_are_refused(t *testing.T) {
	long, large := strings.Repeat("x", 513), make([]byte, 64<<10+1)
	everywhere(t, func(p *place) {
		for what, w := range map[string]module.DocumentWrite{
			"a collection of no name":   {Key: "k"},
			"a collection with a slash": {Collection: "a/b", Key: "k"},
			"no key":                    {Collection: "c"},
			"a long key":                {Collection: "c", Key: long},
			"a NUL":                     {Collection: "c", Key: "a\x00"},
			"a key that is not UTF-8":   {Collection: "c", Key: "\xff"},
			"a large value":             {Collection: "c", Key: "k", Value: large},
			"an index of no name":       {Collection: "c", Key: "k", Index: map[string]string{"": "v"}},
			"a long value of an index":  {Collection: "c", Key: "k", Index: map[string]string{"by": long}},
			"an index of values":        {Collection: module.KVCollection, Key: "k", Index: map[string]string{"by": "v"}},
			"no such revision":          {Collection: "c", Key: "k", Revision: -2},
			"a removal of no revision":  {Collection: "c", Key: "k", Delete: true},
		} {
			_, err := p.write(w)
			require.ErrorIs(p.T, err, module.ErrInvalid, what)
		}
		for what, q := range map[string]module.DocumentQuery{
			"a collection of no name": {},
			"a value of no index":     {Collection: "c", Value: "v"},
			"a value and a prefix":    {Collection: "c", Index: "by", Value: "v", Prefix: "v"},
			"a large page":            {Collection: "c", Limit: 101},
			"a page of less than one": {Collection: "c", Limit: -1},
			"what is not a cursor":    {Collection: "c", After: "x"},
			"a cursor with a NUL":     {Collection: "c", After: "eyJLZXkiOiJcdTAwMDAifQ"},
			"a prefix with a NUL":     {Collection: "c", Prefix: "\x00"},
		} {
			_, err := p.Documents().List(p.Context(), q)
			require.ErrorIs(p.T, err, module.ErrInvalid, what)
		}
		_, err := p.Documents().GetMany(p.Context(), "c", make([]string, 51)...)
		require.ErrorIs(p.T, err, module.ErrInvalid)
		_, err = p.Documents().Get(p.Context(), "c", "a\x00b")
		require.ErrorIs(p.T, err, module.ErrNotFound, "no document has such a key")
	})
}

// Whoever loses has to look again: nothing that was written is lost.
func TestDocuments_count_what_many_add_at_once(t *testing.T) {
	everywhere(t, func(p *place) {
		const writers, each = 4, 10
		ctx := p.Context()
		add := func(ctx context.Context) error {
			for {
				d, err := p.Documents().Get(ctx, "counters", "k")
				if err != nil && !errors.Is(err, module.ErrNotFound) {
					return err
				}
				_, err = p.write(module.DocumentWrite{Collection: "counters", Key: "k", Value: append(d.Value, '.'), Revision: d.Revision})
				if !errors.Is(err, module.ErrChanged) && !errors.Is(err, module.ErrConflict) {
					return err
				}
			}
		}
		var all sync.WaitGroup
		errs := make(chan error, writers)
		for range writers {
			all.Go(func() {
				for range each {
					if err := add(ctx); err != nil {
						errs <- err
						return
					}
				}
			})
		}
		all.Wait()
		close(errs)
		require.NoError(p.T, <-errs)
		d, err := p.Documents().Get(ctx, "counters", "k")
		require.NoError(p.T, err)
		require.Len(p.T, d.Value, writers*each)
	})
}

func TestDocuments_of_one_module_are_not_anothers(t *testing.T) {
	everywhere(t, func(p *place) {
		_, err := p.write(module.DocumentWrite{Collection: "c", Key: "k"})
		require.NoError(p.T, err)
		service, _ := p.queued()
		for _, other := range []string{"prob", "probe2", "c"} {
			page, err := service.For(other).List(p.Context(), module.DocumentQuery{Collection: "c"})
			require.NoError(p.T, err)
			require.Empty(p.T, page.Documents)
		}
		_, err = p.store.KVGet(p.Context(), "probe", "k", time.Now())
		require.ErrorIs(p.T, err, store.ErrNotFound)
	})
}
