// Package rooms is the part of the external API through which programs manage rooms
// (contract: external-api.md 2). A program sees the rooms that it created for the user
// it acts for or, with the scope rooms:list:all, every room of that user. It may change
// what it sees as far as the user's role allows, and delete what it created.
//
// Service holds the rules, whatever the form of the request; Handlers give them the
// contract's form.
package rooms
