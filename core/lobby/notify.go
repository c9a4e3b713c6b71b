package lobby

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// notifyTime bounds telling the meeting; the participant's first answer waits
// for it.
const notifyTime = 2 * time.Second

// notify tells those in the meeting that somebody waits (core-rest.md 7.1). The
// participant waits in any case: what goes wrong is only logged.
func (s *Service) notify(ctx context.Context, room uuid.UUID) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), notifyTime)
	defer cancel()
	name := room.String()
	live, err := s.live.ListRooms(ctx, name)
	if err == nil && len(live) > 0 {
		var message []byte
		if message, err = json.Marshal(map[string]string{"type": s.cfg.NotificationType}); err == nil {
			err = s.live.SendData(ctx, name, message)
		}
	}
	if err != nil {
		s.log.WarnContext(ctx, "meeting not told that somebody waits", "room", name, "error", err)
	}
}
