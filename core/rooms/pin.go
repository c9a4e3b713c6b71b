package rooms

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"

	"github.com/google/uuid"

	"foyer/core/store"
)

// insert stores a new room, with a PIN of its own while telephony is on
// (database.md 6): drawn anew when it is taken, and left out with a warning
// when luck runs out.
func (s *Service) insert(ctx context.Context, room store.Room, owner uuid.UUID) (store.Room, error) {
	draws := 0
	if s.telephony.Enabled {
		draws = s.telephony.PINRetries
	}
	for range draws {
		pin, err := drawPIN(s.telephony.PINLength)
		if err != nil {
			return store.Room{}, err
		}
		room.PINCode = &pin
		stored, err := s.store.CreateRoom(ctx, room, owner)
		if c, ok := errors.AsType[*store.Conflict](err); !ok || c.Field != "pin_code" {
			return stored, err
		}
	}
	if draws > 0 {
		s.log.WarnContext(ctx, "no free PIN found for a room", "draws", draws, "digits", s.telephony.PINLength)
	}
	room.PINCode = nil
	return s.store.CreateRoom(ctx, room, owner)
}

// drawPIN draws uniformly among all texts of so many digits.
func drawPIN(digits int) (string, error) {
	n, err := rand.Int(rand.Reader, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil))
	if err != nil {
		return "", fmt.Errorf("draw a PIN: %w", err)
	}
	return fmt.Sprintf("%0*d", digits, n), nil
}
