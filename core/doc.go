// Package core assembles the gateway: configuration -> store -> jobs -> modules
// -> HTTP, stopped in reverse order. What a request, an event or a row means is
// left to the packages below; this one only wires them together.
package core
