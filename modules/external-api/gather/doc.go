// Package gather lets requests that come at once share the work that all of
// them need, without anybody being told what is no longer true: nobody gets the
// result of a call that began before they came.
package gather
