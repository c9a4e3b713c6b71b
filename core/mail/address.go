package mail

import letters "foyer/sdk/letter"

// ValidAddress reports whether mail can be sent to the address: see
// letter.Address.
func ValidAddress(text string) bool {
	_, ok := letters.Address(text)
	return ok
}
