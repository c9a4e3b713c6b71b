package hostsuite

import (
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func jobCases() []test {
	return []test{
		{"Jobs are stored, and unique ones once while they are not finished", storedOnce},
		{"Jobs that cannot be are refused", impossibleJobs},
	}
}

func storedOnce(p *probe) {
	for _, o := range []module.JobOptions{{}, {}, {Unique: "a"}, {Unique: "a", Delay: time.Hour}, {Unique: "b", Delay: time.Hour}, {Unique: "b"}} {
		require.NoError(p.T, p.Jobs().Enqueue(p.Context(), "ring", map[string]string{"call": "1"}, o))
	}
	require.NoError(p.T, p.Jobs().Enqueue(p.Context(), "hang_up", nil, module.JobOptions{Unique: "a"}))
	require.NoError(p.T, p.place.Host("other").Jobs().Enqueue(p.Context(), "ring", nil, module.JobOptions{Unique: "a"}))
	_, err := p.Documents().Commit(p.Context(), module.Then{Jobs: []module.NextJob{{Kind: "ring", Options: module.JobOptions{Unique: "a"}}}})
	require.NoError(p.T, err)
	require.ElementsMatch(p.T, []string{
		Name + " ring", Name + " ring", Name + " ring", Name + " ring", Name + " hang_up", "other ring",
	}, p.place.Stored())
}

func impossibleJobs(p *probe) {
	for what, err := range map[string]error{
		"a job without a kind":       p.Jobs().Enqueue(p.Context(), "", nil, module.JobOptions{}),
		"a job no JSON is made of":   p.Jobs().Enqueue(p.Context(), "ring", make(chan int), module.JobOptions{}),
		"a job of more than a MiB":   p.Jobs().Enqueue(p.Context(), "ring", strings.Repeat("x", 1<<20), module.JobOptions{}),
		"a job in the same, at once": p.commit(module.Then{Jobs: []module.NextJob{{Kind: "ring"}, {}}}),
	} {
		require.Error(p.T, err, what)
	}
	require.Empty(p.T, p.place.Stored())
}

func (p *probe) commit(then module.Then) error {
	_, err := p.Documents().Commit(p.Context(), then)
	return err
}
