package users

import (
	"errors"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"foyer/core/store"
	"foyer/sdk/page"
	"foyer/sdk/reply"
)

// maxSearch bounds a search, in characters: no e-mail address comes near it.
const maxSearch = 1000

func (s *Service) list(c *gin.Context) {
	if err := s.answerList(c); err != nil {
		reply.Fail(c, err)
	}
}

// answerList shows every account, but only where the operator chose to.
func (s *Service) answerList(c *gin.Context) error {
	p, err := page.Of(c, false)
	if err != nil {
		return err
	}
	search := c.Query("q")
	if !s.users.AllowUnsecureListing || utf8.RuneCountInString(search) > maxSearch {
		return page.Envelope[Object](c, p, 0, nil)
	}
	list, total, err := page.RowsOf(p, func(limit, offset int) ([]store.User, int, error) {
		return s.store.Users(c.Request.Context(), search, limit, offset)
	})
	if err != nil {
		return unsearchable(c, p, err)
	}
	shown := make([]Object, len(list))
	for i := range list {
		shown[i] = ObjectOf(&list[i])
	}
	return page.Envelope(c, p, total, shown)
}

// unsearchable: nobody has an address with what the store cannot hold.
func unsearchable(c *gin.Context, p page.Page, err error) error {
	if errors.Is(err, store.ErrInvalid) {
		return page.Envelope[Object](c, p, 0, nil)
	}
	return err
}
