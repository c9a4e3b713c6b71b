package store

import (
	"strings"
	"unicode"
)

// wordThreshold is the word similarity from which PostgreSQL's pg_trgm considers
// a word found, unless its administrator set another.
const wordThreshold = 0.6

// trigram is three characters of a word, which is padded with two blanks before
// and one after.
type trigram [3]rune

// trigrams returns those of the words of a text, in order. Words are letters and
// digits, ignoring case.
func trigrams(text string) []trigram {
	var list []trigram
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		t := trigram{' ', ' ', ' '}
		for _, r := range word + " " {
			t = trigram{t[1], t[2], r}
			list = append(list, t)
		}
	}
	return list
}

// wordSearch finds texts containing a word like the wanted one, as pg_trgm's
// operators do: word_similarity(wanted, text) >= wordThreshold.
type wordSearch struct{ wanted map[trigram]bool }

func newWordSearch(wanted string) wordSearch {
	s := wordSearch{wanted: map[trigram]bool{}}
	for _, t := range trigrams(wanted) {
		s.wanted[t] = true
	}
	return s
}

// finds reports whether text contains such a word.
func (s wordSearch) finds(text string) bool { return s.similarity(text) >= wordThreshold }

// extent is part of a text's trigrams, and what it has in common with the wanted
// ones.
type extent struct{ lower, distinct, common int }

// similarity is the greatest similarity between the wanted trigrams and any part
// of the text's, found as pg_trgm does by shrinking the part from the left while
// that helps. Like there, it is computed in single precision.
func (s wordSearch) similarity(text string) float64 {
	found := trigrams(text)
	last := map[trigram]int{} // where a trigram of the extent was last seen
	e, best := extent{lower: -1}, float32(0)
	for i, t := range found {
		if e.lower < 0 && !s.wanted[t] {
			continue
		}
		if _, seen := last[t]; !seen {
			e.distinct++
			if s.wanted[t] {
				e.common++
			}
		}
		last[t] = i
		if !s.wanted[t] {
			continue
		}
		if e.lower < 0 {
			e.lower, e.distinct = i, 1
		}
		shrunk, similar := s.shrink(e, found[:i+1], last)
		best = max(best, similar)
		for j := e.lower; j < shrunk.lower; j++ {
			if last[found[j]] == j {
				delete(last, found[j])
			}
		}
		e = shrunk
	}
	return float64(best)
}

// shrink moves the lower end of the extent, whose upper end is that of found, to
// where it is most similar.
func (s wordSearch) shrink(e extent, found []trigram, last map[trigram]int) (extent, float32) {
	best, similar := e, s.of(e)
	for ; e.lower < len(found); e.lower++ {
		if x := s.of(e); x > similar {
			best, similar = e, x
		}
		if t := found[e.lower]; last[t] == e.lower {
			e.distinct--
			if s.wanted[t] {
				e.common--
			}
		}
	}
	return best, similar
}

// of is the similarity of an extent: what both have over what either has.
func (s wordSearch) of(e extent) float32 {
	return float32(e.common) / float32(len(s.wanted)+e.distinct-e.common)
}
