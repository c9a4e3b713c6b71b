// Package recordings keeps recordings on behalf of the modules that make and
// process them, and answers requests about them: the list, a single one, its
// removal (recording-summary-files.md 5). The answers do not depend on whether
// any module is on: what was recorded stays its owner's. Files are handed to
// their owners at /media/, or by a proxy in front that asks about each. Operators
// look after recordings here too (Operators), at the command line or elsewhere.
package recordings
