// Package externalapi is the module for the external API (contract: external-api.md 1 to
// 4): applications get tokens that act for users, and list, create, change and delete
// rooms with them.
//
// Each topic has its own package: oauth issues tokens, bearer accepts them, and rooms
// and spaces are what they open. This package puts them together.
package externalapi
