// Package meetings knows which LiveKit tokens count no more although they have
// not expired: those of a meeting that is over (docs/adr/0013), and those of
// somebody who was removed from the room a short while ago (docs/adr/0014).
//
// It also looks, every now and then, for what no webhook told of: ends, and those
// who left (docs/adr/0031).
//
// What it knows is in the database: replicas share it, a crash does not lose
// it, and it needs nothing else to be up. It listens to the media server's
// events as a topic of the core.
package meetings
