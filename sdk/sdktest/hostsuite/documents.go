package hostsuite

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func documentCases() []test {
	return []test{
		{"Documents are written by revision", writtenByRevision},
		{"Documents that have ended are not there", ended},
		{"Values of KV are documents of a collection", valuesAreDocuments},
		{"Documents of one module are not anothers", notAnothers},
		{"Documents count what many add at once", countWhatManyAdd},
	}
}

// write commits one write, and what follows.
func (p *probe) write(w module.DocumentWrite) (int64, error) {
	revisions, err := p.Documents().Commit(p.Context(), module.Then{Write: []module.DocumentWrite{w}})
	if err != nil {
		return 0, err
	}
	return revisions[0], nil
}

func writtenByRevision(p *probe) {
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
}

func ended(p *probe) {
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
}

func valuesAreDocuments(p *probe) {
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
}

func notAnothers(p *probe) {
	_, err := p.write(module.DocumentWrite{Collection: "c", Key: "k"})
	require.NoError(p.T, err)
	for _, other := range []string{"prob", "probe2", "c"} {
		page, err := p.place.Host(other).Documents().List(p.Context(), module.DocumentQuery{Collection: "c"})
		require.NoError(p.T, err)
		require.Empty(p.T, page.Documents)
	}
	_, err = p.KV().Get(p.Context(), "k")
	require.ErrorIs(p.T, err, module.ErrNotFound, "values are a collection of their own")
}

// The loser of a race has to look again: no write is lost.
func countWhatManyAdd(p *probe) {
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
}
