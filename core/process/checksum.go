package process

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	goplugin "github.com/hashicorp/go-plugin"
)

// ErrChecksum means that the binary is not the one that the configuration names.
var ErrChecksum = errors.New("wrong checksum")

// verify compares the file with its SHA-256 checksum in hex. Anyone able to
// change the file between this and its start could change the gateway's too.
func verify(path, want string) error {
	sum, err := hex.DecodeString(want)
	if err != nil || len(sum) != sha256.Size {
		return fmt.Errorf("%w: %q is not a SHA-256 in hex", ErrChecksum, want)
	}
	c := goplugin.SecureConfig{Checksum: sum, Hash: sha256.New()}
	ok, err := c.Check(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if !ok {
		return fmt.Errorf("%w: %s has sha256 %x, expected %s", ErrChecksum, path, c.Hash.Sum(nil), strings.ToLower(want))
	}
	return nil
}
