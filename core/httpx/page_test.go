package httpx_test

import (
	"encoding/json"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/httpx"
	"foyer/core/module"
	"foyer/core/module/reply"
)

// numbers pages through the numbers below total.
func numbers(total int, sizeHonoured bool) httpx.Group {
	return core(module.Route{Method: "GET", Path: "/api/v1.0/n/", Access: module.Public, Handler: func(c *gin.Context) {
		page, err := httpx.PageOf(c, sizeHonoured)
		if err != nil {
			reply.Fail(c, err)
			return
		}
		var rows []int
		for i := page.Offset(total); i < min(total, page.Offset(total)+page.Size); i++ {
			rows = append(rows, i)
		}
		if err := httpx.Envelope(c, page, total, rows); err != nil {
			reply.Fail(c, err)
		}
	}})
}

type envelope struct {
	Count          int
	Next, Previous *string
	Results        []int
}

func TestPages_link_to_each_other_with_sorted_keys(t *testing.T) {
	h := build(t, config.HTTP{}, numbers(12, true))
	get := func(query string) envelope {
		w := h.ask("GET", "/api/v1.0/n/"+query)
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
	h := build(t, config.HTTP{}, numbers(12, true))
	for _, page := range []string{"0", "-1", "2", "x", "1.0", "99999999999999999999", "9223372036854775807", "LAST"} {
		w := h.ask("GET", "/api/v1.0/n/?page="+page)
		require.Equal(t, 404, w.Code, page)
		require.Equal(t, `{"detail":"Invalid page."}`, w.Body.String())
	}
	h = build(t, config.HTTP{}, numbers(0, true))
	for _, query := range []string{"", "?page=1", "?page=last"} {
		w := h.ask("GET", "/api/v1.0/n/"+query)
		require.Equal(t, `{"count":0,"next":null,"previous":null,"results":[]}`, w.Body.String(), query)
	}
}

func TestPage_size_is_clamped_and_only_honoured_where_told(t *testing.T) {
	for query, want := range map[string]int{"": 20, "0": 20, "-5": 20, "x": 20, "7": 7, "100": 100, "1000": 100} {
		w := build(t, config.HTTP{}, numbers(150, true)).ask("GET", "/api/v1.0/n/?page_size="+query)
		var e envelope
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &e))
		require.Len(t, e.Results, want, query)
		w = build(t, config.HTTP{}, numbers(150, false)).ask("GET", "/api/v1.0/n/?page_size="+query)
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &e))
		require.Len(t, e.Results, 20, query)
	}
}
