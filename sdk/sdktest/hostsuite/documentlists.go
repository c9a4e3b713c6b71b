package hostsuite

import (
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func documentListCases() []test {
	return []test{
		{"Documents are listed by key and by index", listedByKeyAndIndex},
		{"Documents beyond measure are refused", beyondMeasure},
	}
}

func (p *probe) keys(q module.DocumentQuery) (keys []string) {
	p.Helper()
	for range 100 { // far more pages than there are
		page, err := p.Documents().List(p.Context(), q)
		require.NoError(p.T, err)
		for _, d := range page.Documents {
			keys = append(keys, d.Key)
		}
		if q.After = page.Next; q.After == "" {
			return keys
		}
	}
	require.Fail(p.T, "the list has no end")
	return nil
}

func listedByKeyAndIndex(p *probe) {
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
}

func beyondMeasure(p *probe) {
	long, large := strings.Repeat("x", 513), make([]byte, 64<<10+1)
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
		"an end in the year 10000":  {Collection: "c", Key: "k", ExpiresAt: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)},
		"an end in the year 36812":  {Collection: "c", Key: "k", ExpiresAt: time.Unix(1<<40, 0)},
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
}
