// Package letter writes the two bodies of a message, HTML and text, from words
// in several languages and one layout, so that what the core sends and what
// modules send looks alike and carries the operator's brand.
//
// The words of a kind of letter are one text template a language, en.tmpl,
// fr.tmpl and so on, that defines these blocks:
//
//	subject   one line; may be left out
//	headline  one line
//	lines     paragraphs, an empty line between two of them
//	button    the label of the link
//	title     of the list
//	items     of the list, one a line
//	closing   paragraphs below the list
//
// They are executed with .Brand and .Data and give plain text, whatever is in
// the data; the layout alone makes HTML of it, and escapes all.
package letter
