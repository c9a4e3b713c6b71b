// Package participants is the part of the core REST API that changes who is in a
// meeting and how they are seen (core-rest.md 8.1 to 8.6): mute, update, remove,
// change the role, raise a hand, rename. The media server does it; this package
// decides who may ask, and what the answers are.
package participants
