// Package users is the accounts' part of the core REST (core-rest.md 4).
package users
