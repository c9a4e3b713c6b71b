// Package address checks the addresses in settings: URLs of servers and pages,
// and the host and port of a listener. A part that a setting has no use for is
// refused, because it would otherwise be ignored silently. Its messages never
// show a password.
package address
