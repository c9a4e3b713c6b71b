// Package core puts the house together: configuration -> store -> jobs ->
// modules -> HTTP, and stops in reverse. What a request, an event or a row
// means is in the packages below; here is only who is given to whom.
package core
