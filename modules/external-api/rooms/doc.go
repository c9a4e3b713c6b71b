// Package rooms is the part of the external API that programs act on rooms with
// (contract: external-api.md 2). A program sees the rooms that it created for
// the user it acts for, and with the scope rooms:list:all every room of that
// user; it changes what it sees, by the rules of the user's role, and deletes
// what it created.
//
// Service is what may be done, whatever the form of the request; Handlers are
// the contract's form of it.
package rooms
