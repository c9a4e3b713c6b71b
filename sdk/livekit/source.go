package livekit

import (
	"strings"

	"foyer/sdk/livekit/lkproto"
)

// SourceOf reads the name of a track source as tokens have it, such as
// "screen_share". LiveKit accepts any other text, but then lets nothing be
// published under it; in the list of a permission it stands for tracks without a
// source.
func SourceOf(name string) (source lkproto.TrackSource, known bool) {
	if name != strings.ToLower(name) { // LiveKit compares letter by letter
		return lkproto.TrackSource_UNKNOWN, false
	}
	source = lkproto.TrackSource(lkproto.TrackSource_value[strings.ToUpper(name)])
	return source, source != lkproto.TrackSource_UNKNOWN
}
