package mail

import "net/textproto"

// EnhancedOf returns the enhanced code found in an answer's text.
func EnhancedOf(text string) (subject, detail int, found bool) {
	code, found := enhancedOf(&textproto.Error{Code: 550, Msg: text})
	return code.subject, code.detail, found
}
