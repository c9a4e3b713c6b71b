package auth

import "crypto/rand"

// alphabet is what CSRF tokens are masked over; its order matters.
const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// randomText returns n random letters and digits.
func randomText(n int) string {
	out := make([]byte, 0, n)
	buf := make([]byte, n)
	for len(out) < n {
		rand.Read(buf) // never fails: crypto/rand ends the program instead
		for _, b := range buf {
			// 248 = 4 * 62: higher bytes would favour the first letters.
			if b < 248 && len(out) < n {
				out = append(out, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(out)
}
