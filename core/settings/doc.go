// Package settings answers GET /api/v1.0/config/ (core-rest.md 2): what the
// frontend must know about the instance, with the parts of modules merged in
// while they are on.
package settings
