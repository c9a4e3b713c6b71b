package hostsuite

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func noticeCases() []test {
	return []test{
		{"Notices of a recording are closed one by one", noticesClose},
		{"Results of the external service find their recording", resultsFind},
	}
}

// saved begins a recording and saves it, with notices.
func (p *probe) saved(name string, notices ...string) uuid.UUID {
	p.Helper()
	id := p.recording(name).ID
	p.move(id, module.RecordingMove{To: module.RecordingActive})
	_, moved := p.move(id, module.RecordingMove{To: module.RecordingSaved, Notices: notices})
	require.True(p.T, moved)
	return id
}

func (p *probe) told(id uuid.UUID, notice, process string) module.Recording {
	p.Helper()
	r, err := p.Recordings().Told(p.Context(), id, notice, process)
	require.NoError(p.T, err)
	return r
}

func noticesClose(p *probe) {
	id := p.saved("Weekly call", "mail:ada", module.NoticeSummary)
	untold := func() []string {
		list, err := p.Recordings().Untold(p.Context(), id)
		require.NoError(p.T, err)
		return list
	}
	require.Equal(p.T, []string{"mail:ada", module.NoticeSummary}, untold())
	for range 2 {
		require.Equal(p.T, module.RecordingSaved, p.told(id, "mail:ada", "").Status)
		require.Equal(p.T, []string{module.NoticeSummary}, untold())
	}
	p.move(id, module.RecordingMove{Notices: []string{"mail:ada", "mail:ben"}})
	require.Equal(p.T, []string{"mail:ben", module.NoticeSummary}, untold(), "what is closed stays so")
	p.told(id, "mail:ben", "")
	require.Equal(p.T, module.RecordingNotified, p.told(id, module.NoticeSummary, "").Status)
	require.Equal(p.T, module.RecordingNotified, p.told(id, module.NoticeSummary, "").Status)
	_, err := p.Recordings().Told(p.Context(), nobody, "mail:ada", "")
	require.ErrorIs(p.T, err, module.ErrNotFound)
	list, err := p.Recordings().Untold(p.Context(), nobody)
	require.NoError(p.T, err)
	require.Empty(p.T, list)
}

func resultsFind(p *probe) {
	report := func(process string, ok bool) bool {
		known, err := p.Recordings().Report(p.Context(), process, ok)
		require.NoError(p.T, err)
		return known
	}
	first, second := p.saved("a", module.NoticeSummary), p.saved("b", module.NoticeSummary)
	r := p.told(first, module.NoticeSummary, "job-1")
	require.Equal(p.T, []string{module.RecordingNotified, "job-1"}, []string{r.Status, r.Process})
	require.True(p.T, report("job-1", false))
	require.True(p.T, report("job-1", true), "a second try may do")
	require.True(p.T, report("job-1", false))
	r, err := p.Recordings().ByID(p.Context(), first)
	require.NoError(p.T, err)
	require.Equal(p.T, module.RecordingProcessed, r.Status, "what was done does not fail")

	_, err = p.Recordings().Told(p.Context(), second, module.NoticeSummary, "job-1")
	require.ErrorIs(p.T, err, module.ErrConflict)
	untold, err := p.Recordings().Untold(p.Context(), second)
	require.NoError(p.T, err)
	require.Equal(p.T, []string{module.NoticeSummary}, untold)
	require.False(p.T, report("job-2", true), "it waits for its recording")
	r = p.told(second, module.NoticeSummary, "job-2")
	require.Equal(p.T, []string{module.RecordingProcessed, "job-2"}, []string{r.Status, r.Process})
}
