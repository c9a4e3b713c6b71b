// Command demo runs everything on one machine, on loopback, with nothing to install: a
// LiveKit server, a sign-in provider with fictional users, and the gateway on SQLite,
// with an application for the external API. It is meant for trials and scripts, not for
// production.
package main
