package flags

import "github.com/gin-gonic/gin"

// Gate lets a request pass while key is on; otherwise notFound answers it, just as it
// answers unknown routes.
func Gate(gates *Gates, key Key, notFound gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		if gates.On(key) {
			return
		}
		notFound(c)
		c.Abort()
	}
}
