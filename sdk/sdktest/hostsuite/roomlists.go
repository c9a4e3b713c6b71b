package hostsuite

import (
	"fmt"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func roomListCases() []test {
	return []test{
		{"Rooms are listed by page and by cursor", listedByPageAndCursor},
	}
}

func listedByPageAndCursor(p *probe) {
	ctx, mine := p.Context(), uuid.New()
	var want []string
	for i := range 5 {
		want = append(want, p.room(fmt.Sprint("room ", i), mine).Name)
	}
	p.room("room of the frontend", uuid.Nil)
	names := func(page module.RoomPage) (list []string) {
		for _, r := range page.Rooms {
			list = append(list, r.Name)
		}
		return list
	}
	q := module.RoomQuery{User: p.ada.ID, Application: mine, Limit: 2, Offset: 2}
	page, err := p.RoomWrites().List(ctx, q)
	require.NoError(p.T, err)
	require.Equal(p.T, want[2:4], names(page))
	require.Equal(p.T, 5, page.Count)
	q.After = page.Next
	page, err = p.RoomWrites().List(ctx, q)
	require.NoError(p.T, err)
	require.Equal(p.T, want[4:], names(page))
	require.Empty(p.T, page.Next)
	require.Zero(p.T, page.Count)

	page, err = p.RoomWrites().List(ctx, module.RoomQuery{User: p.ada.ID, Limit: 10})
	require.NoError(p.T, err)
	require.Equal(p.T, 6, page.Count)
	page, err = p.RoomWrites().List(ctx, module.RoomQuery{User: nobody, Limit: 10})
	require.NoError(p.T, err)
	require.Empty(p.T, page.Rooms)
	for _, none := range []string{"x", "e30=", "\xff", "AAAA"} {
		_, err := p.RoomWrites().List(ctx, module.RoomQuery{User: p.ada.ID, Limit: 10, After: none})
		require.ErrorIs(p.T, err, module.ErrInvalid, "%q", none)
	}
}
