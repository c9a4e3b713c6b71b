// Package invitations is the part of the core REST API that invites people to a
// room by mail (core-rest.md 8.7): one message to all of them, in the language of
// the request, stored as a durable job before the request is answered.
package invitations
