// Package body reads request bodies with the coercions and messages that clients
// of the API know (contract: core-rest.md 1.3, 1.5, 1.6): JSON objects and flat
// multipart and urlencoded forms. All faulty fields are reported at once.
package body
