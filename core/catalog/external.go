package catalog

import "foyer/core/module"

// Applications is module.Host.
func (h *host) Applications() module.Applications { return refusedApplications{} }

// Accounts is module.Host.
func (h *host) Accounts() module.Accounts { return refusedAccounts{} }

// RoomWrites is module.Host.
func (h *host) RoomWrites() module.RoomWrites { return refusedRoomWrites{} }
