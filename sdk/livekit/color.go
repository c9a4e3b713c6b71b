package livekit

import (
	"hash/fnv"
	"strconv"
)

// Color is an identity's colour, always the same: "hsl(H, S%, L%)" with hue 0 to
// 360, saturation 50 to 75 and lightness 25 to 60, the only form and ranges that
// clients accept (core-rest.md 6.1).
func Color(identity string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(identity)) // never fails
	n := h.Sum64()
	hue, n := n%361, n/361
	saturation, n := 50+n%26, n/26
	lightness := 25 + n%36

	b := make([]byte, 0, len("hsl(360, 75%, 60%)"))
	b = append(b, "hsl("...)
	b = strconv.AppendUint(b, hue, 10)
	b = append(b, ", "...)
	b = strconv.AppendUint(b, saturation, 10)
	b = append(b, "%, "...)
	b = strconv.AppendUint(b, lightness, 10)
	b = append(b, "%)"...)
	return string(b)
}
