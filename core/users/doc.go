// Package users is the accounts part of the core REST API (core-rest.md 4).
package users
