// Package address checks addresses as settings name them: URLs of servers and
// pages, and what host and port a listener has. What a setting has no use for is
// refused, for otherwise it would be left out in silence. Its sentences never show
// a password.
package address
