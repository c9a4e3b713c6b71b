package conf

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// parseBool knows the words of the replaced product.
func parseBool(s string) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "yes", "y", "1":
		return true, nil
	case "false", "no", "n", "0":
		return false, nil
	}
	return false, fmt.Errorf("%q is not true or false", s)
}

// parseInt allows spaces around and single underscores between digits.
func parseInt(s string) (int, error) {
	t := strings.TrimSpace(s)
	if strings.HasPrefix(t, "_") || strings.HasSuffix(t, "_") || strings.Contains(t, "__") {
		return 0, fmt.Errorf("%q is not a whole number", s)
	}
	v, err := strconv.Atoi(strings.ReplaceAll(t, "_", ""))
	if err != nil {
		return 0, fmt.Errorf("%q is not a whole number", s)
	}
	return v, nil
}

func parseFloat(s string) (float64, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return v, nil
}

func parseDuration(s string) (time.Duration, error) {
	v, err := time.ParseDuration(strings.TrimSpace(s))
	if err == nil {
		return v, nil
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return 0, fmt.Errorf("%s has no unit: write a duration such as %ss", s, s)
	}
	return 0, fmt.Errorf("%q is not a duration such as 90s or 6h", s)
}

// legacyDuration turns a number of units into the text of a duration.
func legacyDuration(s string, unit time.Duration) (string, error) {
	n, err := parseInt(s)
	if err != nil {
		return "", err
	}
	if n < 0 || int64(n) > math.MaxInt64/int64(unit) {
		return "", fmt.Errorf("%d is out of range", n)
	}
	return (time.Duration(n) * unit).String(), nil
}

// showDuration drops the trailing zero parts of Go's own format.
func showDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

var sizeUnits = []struct {
	name  string
	bytes int64
}{
	{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1},
}

func parseSize(s string) (int64, error) {
	t, unit := strings.TrimSpace(s), int64(1)
	for _, u := range sizeUnits {
		if rest, ok := strings.CutSuffix(t, u.name); ok {
			t, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	v, err := strconv.ParseFloat(t, 64)
	bytes := v * float64(unit)
	if err != nil || math.Abs(bytes) >= 1<<53 || bytes != math.Trunc(bytes) || math.IsNaN(bytes) {
		return 0, fmt.Errorf("%q is not a size such as 1048576 or 2.5MiB", s)
	}
	return int64(bytes), nil
}

func showSize(v int64) string {
	for _, u := range sizeUnits[:3] {
		if v >= u.bytes && v%(u.bytes/2) == 0 {
			return strconv.FormatFloat(float64(v)/float64(u.bytes), 'f', -1, 64) + u.name
		}
	}
	return strconv.FormatInt(v, 10)
}

// parseList splits at commas, trims, and drops empty items. A list of quoted
// items (["a","b"]), a mistake in examples shipped with the replaced product, is
// read as it was meant.
func parseList(s string) ([]string, error) {
	t := strings.TrimSpace(s)
	quoted := len(t) >= 2 && t[0] == '[' && t[len(t)-1] == ']'
	if quoted {
		inner := strings.TrimSpace(t[1 : len(t)-1])
		quoted = inner == "" || (strings.ContainsAny(inner[:1], `"'`) && strings.ContainsAny(inner[len(inner)-1:], `"'`))
		if quoted {
			t = inner
		}
	}
	all := []string{}
	for item := range strings.SplitSeq(t, ",") {
		item = strings.TrimSpace(item)
		if quoted {
			item = strings.Trim(item, `"'`)
		}
		if item != "" {
			all = append(all, item)
		}
	}
	return all, nil
}
