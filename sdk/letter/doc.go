// Package letter writes the two bodies of a message, HTML and text, from words in
// several languages and one layout, so that messages from the core and from
// modules look alike and carry the operator's brand.
//
// The words of a kind of letter are one text template per language, en.tmpl,
// fr.tmpl and so on, that define these blocks:
//
//	subject   one line; may be left out
//	headline  one line
//	lines     paragraphs, an empty line between two of them
//	button    the label of the link
//	title     of the list
//	items     of the list, one a line
//	closing   paragraphs below the list
//
// They are executed with .Brand and .Data and produce plain text, whatever the
// data contains; only the layout makes HTML, and it escapes everything. Of the
// language of text/template they have fields, the dot, $, if, with, range and
// else; a text that is empty is not there.
package letter
