// Package events takes what happened in meetings, and what changed in the data of
// the core (module.EventRoomCreated and those beside it), and hands it to the modules
// that listen: stored once by its id, then delivered at least once to each of
// them as durable jobs, in no promised order.
package events
