// Package events accepts what happened in meetings, and what changed in the data
// of the core (module.EventRoomCreated and its siblings), and passes it to the
// modules that listen: stored once by its id, then delivered at least once to
// each of them as durable jobs, in no guaranteed order.
package events
