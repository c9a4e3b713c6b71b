// Package mail sends messages to people: it is a topic of the core whose jobs are
// the messages, and the host service Mail of modules.
//
// A message is complete when it is stored: its Message-ID and date stay the same
// over retries, so that a recipient's mail system recognises the copy that a lost
// answer makes us send again (RFC 5321 4.5.4.1 and 6.1). Otherwise each recipient
// is served once: one who was accepted is not tried again for the sake of others,
// one who is refused for good is given up and kept for inspection, and the rest
// are retried with back-off. The enhanced code (RFC 3463) says what a refusal is
// about: a server that cannot be reached, or that refuses us rather than a
// recipient, delays messages but loses none.
// a recipient, delays messages and loses none.
package mail
