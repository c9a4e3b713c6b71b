// Package gather lets concurrent requests share work that all of them need without ever
// returning stale results: no caller gets the result of a call that began before it
// arrived.
package gather
