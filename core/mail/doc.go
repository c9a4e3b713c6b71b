// Package mail sends messages to people: a topic of the core whose jobs are
// the messages, and the host service Mail of modules.
//
// A message is complete when it is stored: its Message-ID and date stay the
// same over retries, so that a recipient's mail system recognises the copy that
// a lost answer makes us send again (RFC 5321 4.5.4.1 and 6.1). Otherwise each
// recipient is served once: whoever was taken is not tried again for the sake
// of others, whoever is refused for good is given up and kept in sight, and the
// rest is tried again with back-off. What a refusal is about is in its enhanced
// code (RFC 3463): a server that is not reached, or that refuses us rather than
// a recipient, delays messages and loses none.
package mail
