package page_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/page"
	"foyer/sdk/reply"
)

// numbers lists the numbers below total in pages.
type numbers struct {
	total        int
	sizeHonoured bool
}

func (n numbers) get(query string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "http://meet.example.org/api/v1.0/n/"+query, nil)
	if err := n.answer(w, r); err != nil {
		reply.Fail(w, r, err)
	}
	return w
}

func (n numbers) answer(w http.ResponseWriter, r *http.Request) error {
	p, err := page.Of(r, n.sizeHonoured)
	if err != nil {
		return err
	}
	rows, total, err := page.RowsOf(p, func(limit, offset int) (rows []int, total int, err error) {
		for i := offset; i < min(n.total, offset+limit); i++ {
			rows = append(rows, i)
		}
		return rows, n.total, nil
	})
	if err != nil {
		return err
	}
	return page.Envelope(w, r, p, total, rows)
}

type envelope struct {
	Count          int
	Next, Previous *string
	Results        []int
}

func TestPages_link_to_each_other_with_sorted_keys(t *testing.T) {
	get := func(query string) envelope {
		w := numbers{12, true}.get(query)
		require.Equal(t, 200, w.Code, query)
		var e envelope
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &e))
		return e
	}
	const url = "http://meet.example.org/api/v1.0/n/"
	e := get("?username=Bob&page_size=5&page=2")
	require.Equal(t, 12, e.Count)
	require.Equal(t, []int{5, 6, 7, 8, 9}, e.Results)
	require.Equal(t, url+"?page=3&page_size=5&username=Bob", *e.Next)
	require.Equal(t, url+"?page_size=5&username=Bob", *e.Previous)
	e = get("?page=last&page_size=5")
	require.Equal(t, []int{10, 11}, e.Results)
	require.Nil(t, e.Next)
	require.Equal(t, url+"?page=2&page_size=5", *e.Previous)
	e = get("")
	require.Len(t, e.Results, 12)
	require.Nil(t, e.Next)
	require.Nil(t, e.Previous)
	require.Len(t, get("?page=%202%20&page_size=7").Results, 5)
	require.Len(t, get("?page=").Results, 12)
}

func TestPages_that_are_not_there_are_404(t *testing.T) {
	for _, number := range []string{"0", "-1", "2", "x", "1.0", "99999999999999999999", "9223372036854775807", "LAST"} {
		w := numbers{12, true}.get("?page=" + number)
		require.Equal(t, 404, w.Code, number)
		require.Equal(t, `{"detail":"Invalid page."}`, w.Body.String())
	}
	for _, query := range []string{"", "?page=1", "?page=last"} {
		w := numbers{0, true}.get(query)
		require.Equal(t, `{"count":0,"next":null,"previous":null,"results":[]}`, w.Body.String(), query)
	}
}

func TestPage_size_is_clamped_and_only_honoured_where_told(t *testing.T) {
	for query, want := range map[string]int{"": 20, "0": 20, "-5": 20, "x": 20, "7": 7, "100": 100, "1000": 100} {
		w := numbers{150, true}.get("?page_size=" + query)
		var e envelope
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &e))
		require.Len(t, e.Results, want, query)
		w = numbers{150, false}.get("?page_size=" + query)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &e))
		require.Len(t, e.Results, 20, query)
	}
}
