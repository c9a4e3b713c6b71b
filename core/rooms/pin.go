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
// (database.md 6): drawn again if it is taken, and left out with a warning if no
// free one turns up.
func (w *Writer) insert(ctx context.Context, room store.Room, owner, application uuid.UUID) (store.Room, error) {
	create := func(r store.Room) (store.Room, error) { return w.store.CreateRoom(ctx, r, owner) }
	if application != uuid.Nil {
		create = func(r store.Room) (store.Room, error) { return w.store.CreateOwnedRoom(ctx, r, owner, application) }
	}
	draws := 0
	if w.telephony.Enabled {
		draws = w.telephony.PINRetries
	}
	for range draws {
		pin, err := drawPIN(w.telephony.PINLength)
		if err != nil {
			return store.Room{}, err
		}
		room.PINCode = &pin
		stored, err := create(room)
		if c, ok := errors.AsType[*store.Conflict](err); !ok || c.Field != "pin_code" {
			return stored, err
		}
	}
	if draws > 0 {
		w.log.WarnContext(ctx, "no free PIN found for a room", "draws", draws, "digits", w.telephony.PINLength)
	}
	room.PINCode = nil
	return create(room)
}

// drawPIN draws uniformly among all strings of that many digits.
func drawPIN(digits int) (string, error) {
	n, err := rand.Int(rand.Reader, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil))
	if err != nil {
		return "", fmt.Errorf("draw a PIN: %w", err)
	}
	return fmt.Sprintf("%0*d", digits, n), nil
}
