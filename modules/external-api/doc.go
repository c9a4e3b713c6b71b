// Package externalapi is the module of the external API (contract:
// external-api.md 1 to 4): applications get tokens that act for users, and
// create, list, change and delete rooms with them.
//
// Each topic is a package of its own: oauth issues tokens, bearer accepts them,
// rooms and spaces are what they open. This one puts them together.
package externalapi
