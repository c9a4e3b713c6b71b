package conf

import "fmt"

// Nearest returns the candidate that word most likely meant, "" if none is near.
// A truncated word means the shortest candidate that begins with it.
func Nearest(word string, candidates []string) string {
	best, limit := "", min(max(1, len(word)/3), 5)
	for _, c := range candidates {
		if d := distance(word, c); d <= limit && d > 0 {
			best, limit = c, d-1
		}
	}
	if best != "" || len(word) < shortestStart {
		return best
	}
	for _, c := range candidates {
		if len(c) > len(word) && c[:len(word)] == word && (best == "" || len(c) < len(best)) {
			best = c
		}
	}
	return best
}

// shortestStart is how much of a word identifies it, in bytes.
const shortestStart = 5

// suggest renders Nearest for the end of a message.
func suggest(word string, candidates []string) string {
	if c := Nearest(word, candidates); c != "" {
		return fmt.Sprintf(" (did you mean %q?)", c)
	}
	return ""
}

// distance counts the bytes to insert, drop, change or swap with their
// neighbour (optimal string alignment); long words are not compared.
func distance(a, b string) int {
	const longest = 200
	if len(a) > longest || len(b) > longest {
		return longest
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
