// Package openapitest checks answers against an API document: what is not
// described there is an error, including additional keys.
package openapitest
