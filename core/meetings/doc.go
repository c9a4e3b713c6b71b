// Package meetings knows who may be in the meetings of rooms: which LiveKit
// tokens count no more although they have not expired (docs/adr/0013), whom a
// meeting has let in and who was removed from it (docs/adr/0029, 0030), and
// which rooms were deleted under their meetings. Whoever comes in all the same
// is put out.
//
// It also looks, every now and then, for what no webhook told of: ends, and those
// who left (docs/adr/0031).
//
// What it knows is in the database: replicas share it, a crash does not lose
// it, and it needs nothing else to be up. It listens to the media server's
// events as a topic of the core, and looks for itself what no event told of.
package meetings
