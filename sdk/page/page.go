package page

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"foyer/sdk/reply"
)

// Sizes of pages (core-rest.md 1.7).
const (
	DefaultSize = 20
	MaxSize     = 100
)

// Page is one page of a list that the caller asked for, from 1.
type Page struct {
	number, Size int
	last         bool
}

// Of reads ?page= and, if sizeHonoured, ?page_size=. A page that is not a number
// from 1 up is 404.
func Of(r *http.Request, sizeHonoured bool) (Page, error) {
	p, q := Page{number: 1, Size: DefaultSize}, r.URL.Query()
	if sizeHonoured {
		if n, err := strconv.Atoi(strings.TrimSpace(q.Get("page_size"))); err == nil && n > 0 {
			p.Size = min(n, MaxSize)
		}
	}
	switch text := strings.TrimSpace(q.Get("page")); text {
	case "":
	case "last":
		p.last = true
	default:
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return p, invalidPage()
		}
		p.number = n
	}
	return p, nil
}

func invalidPage() error { return reply.Detail(http.StatusNotFound, "Invalid page.") }

// Offset is the number of rows before the page; "last" needs the total first.
func (p Page) Offset(total int) int {
	if p.last {
		return max(0, (total-1)/p.Size*p.Size)
	}
	if p.number > 1<<31/p.Size {
		return 1 << 31
	}
	return (p.number - 1) * p.Size
}

// IsLast reports whether the caller asked for the last page, whose offset is
// known only with the total.
func (p Page) IsLast() bool { return p.last }

// RowsOf reads the page's rows and the total with read. Only for the last page
// does it read twice: its offset depends on the total.
func RowsOf[T any](p Page, read func(limit, offset int) ([]T, int, error)) (rows []T, total int, err error) {
	if p.IsLast() {
		if _, total, err = read(0, 0); err != nil {
			return nil, 0, err
		}
	}
	return read(p.Size, p.Offset(total))
}

// Envelope answers a page of results out of total; a page beyond the end is
// 404. results must not be nil, or it shows as null.
func Envelope[T any](w http.ResponseWriter, r *http.Request, p Page, total int, results []T) error {
	pages := max(1, (total+p.Size-1)/p.Size)
	number := p.number
	if p.last {
		number = pages
	}
	if number > pages {
		return invalidPage()
	}
	if results == nil {
		results = []T{}
	}
	body := struct {
		Count    int     `json:"count"`
		Next     *string `json:"next"`
		Previous *string `json:"previous"`
		Results  []T     `json:"results"`
	}{Count: total, Results: results}
	if number < pages {
		body.Next = pageLink(r, number+1)
	}
	if number > 1 {
		body.Previous = pageLink(r, number-1)
	}
	reply.JSON(w, r, http.StatusOK, body)
	return nil
}

// pageLink is the link to another page; the first page has no number.
func pageLink(r *http.Request, number int) *string {
	text := ""
	if number > 1 {
		text = strconv.Itoa(number)
	}
	link := Link(r, "page", text)
	return &link
}

// Link is the request's own URL with another value of a parameter, "" = without
// it; keys are sorted.
func Link(r *http.Request, name, value string) string {
	q := r.URL.Query()
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	u := url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host, Path: r.URL.Path, RawQuery: q.Encode()}
	return u.String()
}
