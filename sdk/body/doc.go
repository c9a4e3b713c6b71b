// Package body reads request bodies with the coercions and messages that
// clients of the API know (contract: core-rest.md 1.3, 1.5, 1.6): JSON objects,
// flat multipart and urlencoded forms, all faulty fields reported at once.
package body
