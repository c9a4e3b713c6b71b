package core

import "foyer/core/httpx"

// Groups are all routes of the gateway as they are now.
func (a *App) Groups() []httpx.Group { return a.groups() }
