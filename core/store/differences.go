package store

import "slices"

// differences collects the names of what differs.
type differences []string

func (d *differences) note(name string, same bool) {
	if !same {
		*d = append(*d, name)
	}
}

func roomDifferences(a, b Room) (d differences) {
	d.note("name", a.Name == b.Name)
	d.note("slug", a.Slug == b.Slug)
	d.note("access_level", a.AccessLevel == b.AccessLevel)
	d.note("configuration", SameJSON(a.Configuration, b.Configuration))
	return d
}

// userDifferences are the ones that module.UserChanged names.
func userDifferences(a, b User) (d differences) {
	d.note("sub", sameText(a.Sub, b.Sub))
	d.note("email", sameText(a.Email, b.Email))
	d.note("full_name", sameText(a.FullName, b.FullName))
	d.note("short_name", sameText(a.ShortName, b.ShortName))
	d.note("language", a.Language == b.Language)
	d.note("timezone", a.Timezone == b.Timezone)
	d.note("default_room_access_level", sameText(a.DefaultRoomAccessLevel, b.DefaultRoomAccessLevel))
	d.note("default_room_configuration", SameJSON(a.DefaultRoomConfiguration, b.DefaultRoomConfiguration))
	return d
}

func sameText(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// applicationDifferences are the ones that ChangeApplication can make.
func applicationDifferences(a, b Application) (d differences) {
	d.note("name", a.Name == b.Name)
	d.note("active", a.IsActive == b.IsActive)
	d.note("scopes", sameWords(a.Scopes, b.Scopes))
	d.note("domains", sameWords(a.Domains, b.Domains))
	d.note("require_domains", a.RequireDomains == b.RequireDomains)
	d.note("addresses", sameWords(a.Addresses, b.Addresses))
	return d
}

// sameWords ignores the order of words.
func sameWords(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
