// Package recordings keeps recordings in the name of the modules that make and
// process them, and answers for them: the list, one, its removal
// (recording-summary-files.md 5). The answers do not depend on whether any
// module is on: what was recorded stays its owner's. Files are handed out to their
// owners at /media/, or to a proxy in front that asks for each. Operators look after
// them here too (Operators), whether at the command line or elsewhere.
package recordings
