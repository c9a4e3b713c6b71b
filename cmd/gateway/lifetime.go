package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// lifetime is the value of a flag, such as 90d or 12h.
type lifetime time.Duration

// expiry is a lifetime that ends: whoever wants none leaves the flag out, and 0, such
// as from an unset variable in a script, does not mean "for ever".
type expiry struct{ lifetime }

func (e *expiry) Set(text string) error {
	if err := e.lifetime.Set(text); err != nil {
		return err
	}
	if e.lifetime == 0 {
		return errors.New("say a time such as 90d or 12h; without the flag there is no end")
	}
	return nil
}

const day = 24 * time.Hour

func (l *lifetime) String() string {
	switch d := time.Duration(*l); {
	case d == 0:
		return "0"
	case d%day == 0:
		return strconv.Itoa(int(d/day)) + "d"
	default:
		return d.String()
	}
}

func (l *lifetime) Type() string { return "duration" }

func (l *lifetime) Set(text string) error {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 && n <= 100*365 {
			*l = lifetime(time.Duration(n) * day)
			return nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return fmt.Errorf("say a time such as 90d or 12h")
	}
	*l = lifetime(d)
	return nil
}

// from returns the end of a lifetime that begins at t, nil if it has none.
func (l *lifetime) from(t time.Time) *time.Time {
	if *l == 0 {
		return nil
	}
	end := t.Add(time.Duration(*l))
	return &end
}
