// Package openapitest holds answers against an API document: what is not
// described there is an error, a key too many among them.
package openapitest
