package users

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"foyer/core/auth"
	"foyer/core/module"
	"foyer/core/module/reply"
)

// Routes are the routes of accounts.
func Routes() []module.Route {
	return []module.Route{
		{Method: http.MethodGet, Path: "/api/v1.0/users/me/", Access: module.Session, Handler: me},
	}
}

func me(c *gin.Context) {
	u, ok := auth.UserFrom(c.Request.Context())
	if !ok { // the access rule lets nobody else in
		reply.Fail(c, reply.Unauthenticated())
		return
	}
	reply.JSON(c, http.StatusOK, ObjectOf(u))
}
