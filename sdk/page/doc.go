// Package page splits lists into numbered pages, with the envelope and the links
// that clients of the API know (contract: core-rest.md 1.7).
package page
