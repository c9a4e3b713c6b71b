// Package spaces answers as the spaces resource of the Google Meet REST API v2
// does, over the rooms of this server: a program written for that API creates
// rooms here by changing its base URL and its token. It has a flag of its own.
//
// A space is a room. Its id is the room's, its meeting code the room's slug.
// What rooms can do is mapped in both directions (settings.go); what they cannot
// do is refused by name rather than ignored. Errors are google.rpc.Status.
package spaces
