package conf_test

import (
	"time"

	"foyer/sdk/conf"
)

// sample has one field of every type.
type sample struct {
	Name   string
	Link   *string
	Key    conf.Secret
	On     bool
	Count  int
	Delay  *int
	Ratio  float64
	Wait   time.Duration
	Limit  int64
	Hosts  []string
	Colour string
	Free   map[string]any
	Flags  map[string]bool
	Rates  map[string]string
	Inner  inner
	Pairs  []pair
	Extra  conf.Secret
}

type inner struct{ Deep string }

type pair struct {
	Key    string
	Secret conf.Secret
}

func newSample() *sample {
	return &sample{Name: "foyer", Count: 3, Ratio: 1, Wait: 90 * time.Second, Limit: 5 << 19, Hosts: []string{"a"}, Colour: "red", Inner: inner{"sea"}}
}

func (s *sample) Fields(f *conf.Fields) {
	f.String("name", &s.Name, "A name.").Legacy("OLD_NAME")
	f.NullString("link", &s.Link, "A link.")
	f.Secret("key", &s.Key, "A key.")
	f.Bool("on", &s.On, "A switch.")
	f.Int("count", &s.Count, "A count.").AtLeast(1).AtMost(9)
	f.NullInt("delay", &s.Delay, "A delay.").AtLeast(0)
	f.Float("ratio", &s.Ratio, "A ratio.").AtLeast(0).AtMost(1)
	f.Duration("wait", &s.Wait, "A time.")
	f.Size("limit", &s.Limit, "A size.")
	f.List("hosts", &s.Hosts, "Hosts.")
	f.String("colour", &s.Colour, "A colour.").OneOf("red", "green")
	f.Map("free", &s.Free, "Anything.")
	f.Bools("flags", &s.Flags, "Flags.")
	f.Texts("rates", &s.Rates, "Rates.")
	f.Section("inner", &s.Inner, "Nested.")
	conf.Items(f, "pairs", &s.Pairs, func() pair { return pair{Key: "k"} }, "Pairs.")
	f.Raw("extra", &s.Extra, "Somebody else's.")
}

func (i *inner) Fields(f *conf.Fields) { f.String("deep", &i.Deep, "Deep.") }

func (p *pair) Fields(f *conf.Fields) {
	f.String("key", &p.Key, "A key.")
	f.Secret("secret", &p.Secret, "Its secret.")
}

// field returns the declaration of key.
func field(s conf.Section, key string) *conf.Field {
	for _, f := range conf.Bind(s) {
		if f.Key == key {
			return f
		}
	}
	return nil
}
