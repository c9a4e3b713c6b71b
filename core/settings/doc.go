// Package settings answers GET /api/v1.0/config/ (core-rest.md 2): what the
// frontend must know of the instance, the modules' parts merged in while they
// are on.
package settings
