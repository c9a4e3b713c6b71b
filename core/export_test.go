package core

import "foyer/core/httpx"

// Groups returns all current routes of the gateway.
func (a *App) Groups() []httpx.Group { return a.groups() }
