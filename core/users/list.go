package users

import (
	"errors"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"foyer/core/httpx"
	"foyer/core/module/reply"
	"foyer/core/store"
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
	page, err := httpx.PageOf(c, false)
	if err != nil {
		return err
	}
	search := c.Query("q")
	if !s.users.AllowUnsecureListing || utf8.RuneCountInString(search) > maxSearch {
		return httpx.Envelope[Object](c, page, 0, nil)
	}
	ctx := c.Request.Context()
	total := 0
	if page.IsLast() {
		if _, total, err = s.store.Users(ctx, search, 0, 0); err != nil {
			return unsearchable(c, page, err)
		}
	}
	list, total, err := s.store.Users(ctx, search, page.Size, page.Offset(total))
	if err != nil {
		return unsearchable(c, page, err)
	}
	shown := make([]Object, len(list))
	for i := range list {
		shown[i] = ObjectOf(&list[i])
	}
	return httpx.Envelope(c, page, total, shown)
}

// unsearchable: nobody has an address with what the store cannot hold.
func unsearchable(c *gin.Context, page httpx.Page, err error) error {
	if errors.Is(err, store.ErrInvalid) {
		return httpx.Envelope[Object](c, page, 0, nil)
	}
	return err
}
