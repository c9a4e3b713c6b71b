package hostsuite

import (
	"strings"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func commitCases() []test {
	return []test{
		{"Commit is all or nothing", allOrNothing},
	}
}

func allOrNothing(p *probe) {
	then := func(id string, more ...module.DocumentWrite) module.Then {
		return module.Then{
			Write: append([]module.DocumentWrite{{Collection: "calls", Key: id}}, more...),
			Jobs:  []module.NextJob{{Kind: "ring", Args: map[string]string{"call": id}}},
			Emit:  []module.Emission{{ID: "saved-" + id, Name: Event, Body: map[string]string{"call": id}}},
		}
	}
	revisions, err := p.Documents().Commit(p.Context(), then("a"))
	require.NoError(p.T, err)
	require.Len(p.T, revisions, 1)
	require.ElementsMatch(p.T, []string{"probe ring", "listener event"}, p.place.Stored())

	mebibyte := strings.Repeat("x", 1<<20)
	for what, c := range map[string]struct {
		then module.Then
		want error
	}{
		"a write too late":                 {then("b", module.DocumentWrite{Collection: "calls", Key: "a"}), module.ErrConflict},
		"a write of what was never there":  {then("b", module.DocumentWrite{Collection: "calls", Key: "x", Revision: 7}), module.ErrNotFound},
		"two writes of one":                {then("b", module.DocumentWrite{Collection: "calls", Key: "b", Revision: module.AnyRevision}), module.ErrInvalid},
		"a job that no JSON is made of":    {module.Then{Write: then("b").Write, Jobs: []module.NextJob{{Kind: "ring", Args: make(chan int)}}}, nil},
		"an event of another's name":       {module.Then{Write: then("b").Write, Jobs: then("b").Jobs, Emit: []module.Emission{{ID: "1", Name: "other_saved"}}}, module.ErrInvalid},
		"an event without an id":           {module.Then{Write: then("b").Write, Emit: []module.Emission{{Name: Event}}}, module.ErrInvalid},
		"an event of a room that is not":   {module.Then{Write: then("b").Write, Emit: []module.Emission{{ID: "1", Name: Event, Room: "a\x00"}}}, module.ErrInvalid},
		"jobs of more than 2 MiB":          {module.Then{Write: then("b").Write, Jobs: []module.NextJob{{Kind: "ring", Args: mebibyte}, {Kind: "ring", Args: mebibyte}}}, module.ErrInvalid},
		"an event of more than 2 MiB":      {module.Then{Write: then("b").Write, Emit: []module.Emission{{ID: "1", Name: Event, Body: mebibyte + mebibyte}}}, module.ErrInvalid},
		"a job of more than can be stored": {module.Then{Write: then("b").Write, Jobs: make([]module.NextJob, 101)}, module.ErrInvalid},
	} {
		_, err := p.Documents().Commit(p.Context(), c.then)
		require.Error(p.T, err, what)
		if c.want != nil {
			require.ErrorIs(p.T, err, c.want, what)
		}
		_, err = p.Documents().Get(p.Context(), "calls", "b")
		require.ErrorIs(p.T, err, module.ErrNotFound, what)
		require.Len(p.T, p.place.Stored(), 2, what)
	}

	_, err = p.Documents().Commit(p.Context(), module.Then{Jobs: then("c").Jobs, Emit: then("a").Emit})
	require.NoError(p.T, err, "nothing has to be written, and what was emitted is not emitted again")
	require.ElementsMatch(p.T, []string{"probe ring", "probe ring", "listener event"}, p.place.Stored())
}
