// Package meetings knows who may be in the meetings of rooms: which LiveKit
// tokens no longer count although they have not expired (docs/adr/0013), whom a
// meeting has let in and who was removed from it (docs/adr/0029, 0030), and which
// rooms were deleted during their meetings. Anyone who comes in regardless is put
// out.
//
// It also looks periodically for what no webhook reported: meetings that ended
// and people who left (docs/adr/0031).
//
// What it knows is in the database: replicas share it, a crash does not lose it,
// and nothing else needs to be up. It receives the media server's events as a
// topic of the core.
package meetings
