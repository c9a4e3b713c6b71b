// Package schema checks the structured objects of the API (core-rest.md 1.6):
// unknown keys are refused, and each fault is an item with its place.
package schema
