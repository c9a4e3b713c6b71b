package livekit

import "foyer/sdk/livekit/lkproto"

// Left reports whether a participant whose connection ended for this reason has
// left the meeting. In all other cases another connection of theirs has taken its
// place, or is about to.
func Left(reason lkproto.DisconnectReason) bool {
	switch reason {
	case lkproto.DisconnectReason_DUPLICATE_IDENTITY, lkproto.DisconnectReason_MIGRATION,
		lkproto.DisconnectReason_STATE_MISMATCH, lkproto.DisconnectReason_SERVER_SHUTDOWN:
		return false
	}
	return true
}
