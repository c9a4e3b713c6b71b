package users

import (
	"errors"
	"net/http"
	"unicode/utf8"

	"foyer/core/store"
	"foyer/sdk/page"
	"foyer/sdk/reply"
)

// maxSearch is the longest search, in characters: no e-mail address comes near
// it.
const maxSearch = 1000

func (s *Service) list(w http.ResponseWriter, r *http.Request) {
	if err := s.answerList(w, r); err != nil {
		reply.Fail(w, r, err)
	}
}

// answerList lists every account, but only if the operator chose to.
func (s *Service) answerList(w http.ResponseWriter, r *http.Request) error {
	p, err := page.Of(r, false)
	if err != nil {
		return err
	}
	search := r.URL.Query().Get("q")
	if !s.users.AllowUnsecureListing || utf8.RuneCountInString(search) > maxSearch {
		return page.Envelope[Object](w, r, p, 0, nil)
	}
	list, total, err := page.RowsOf(p, func(limit, offset int) ([]store.User, int, error) {
		return s.store.Users(r.Context(), search, limit, offset)
	})
	if err != nil {
		return unsearchable(w, r, p, err)
	}
	shown := make([]Object, len(list))
	for i := range list {
		shown[i] = ObjectOf(&list[i])
	}
	return page.Envelope(w, r, p, total, shown)
}

// unsearchable finds nothing: nobody has an address that the store cannot hold.
func unsearchable(w http.ResponseWriter, r *http.Request, p page.Page, err error) error {
	if errors.Is(err, store.ErrInvalid) {
		return page.Envelope[Object](w, r, p, 0, nil)
	}
	return err
}
