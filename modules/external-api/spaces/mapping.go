package spaces

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"foyer/sdk/body"
	"foyer/sdk/module"
)

// Keys of a room's configuration (core-rest.md 5.1).
const (
	canPublish = "can_publish_sources"
	canMute    = "everyone_can_mute"
)

// wordOf translates an access level into the API's words; levelOf translates back.
func wordOf(level string) string {
	if level == "public" {
		return open
	}
	return strings.ToUpper(level)
}

func levelOf(word string) string {
	if word == open {
		return "public"
	}
	return strings.ToLower(word)
}

// allSources is what everybody may publish unless a room says otherwise; screenSources
// are those of them that share a screen.
var (
	allSources    = []string{"camera", "microphone", "screen_share", "screen_share_audio"}
	screenSources = allSources[2:]
)

// configuration is a room's configuration, by key; what is not mapped stays as it is.
type configuration map[string]json.RawMessage

func configurationOf(r module.Room) (configuration, error) {
	c := configuration{}
	if err := json.Unmarshal(r.Configuration, &c); err != nil {
		return nil, fmt.Errorf("read the configuration of room %s: %w", r.ID, err)
	}
	return c, nil
}

// sources returns what the room lets everybody publish.
func (c configuration) sources() []string {
	var list []string
	if raw, ok := c[canPublish]; !ok || json.Unmarshal(raw, &list) != nil || list == nil {
		return allSources
	}
	return list
}

// valuesOf returns the settings of a room.
func valuesOf(r module.Room) (values, error) {
	c, err := configurationOf(r)
	if err != nil {
		return nil, err
	}
	v := defaults(r.AccessLevel)
	if raw, ok := c[canMute]; ok {
		if everyone, isBool := body.Truth(raw); isBool && !everyone {
			v[moderation] = on
		}
	}
	if !slices.Contains(c.sources(), screenSources[0]) {
		v[presentRestriction] = hostsOnly
	}
	return v, nil
}

// apply changes a configuration to match the wanted settings, touching only what differs
// from now.
func (c configuration) apply(now, want values) (json.RawMessage, error) {
	if now[moderation] != want[moderation] {
		delete(c, canMute)
		if want[moderation] == on {
			c[canMute] = json.RawMessage("false")
		}
	}
	if now[presentRestriction] != want[presentRestriction] {
		list := slices.DeleteFunc(slices.Clone(c.sources()), func(s string) bool { return slices.Contains(screenSources, s) })
		if want[presentRestriction] == noRestriction {
			list = append(list, screenSources...)
		}
		delete(c, canPublish)
		if !sameSources(list, allSources) {
			raw, err := json.Marshal(list)
			if err != nil {
				return nil, fmt.Errorf("write a room's sources: %w", err)
			}
			c[canPublish] = raw
		}
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("write a room's configuration: %w", err)
	}
	return raw, nil
}

func sameSources(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// changeTo returns the change that takes a room from now to want.
func changeTo(r module.Room, now, want values) (module.RoomChange, error) {
	var change module.RoomChange
	if now[accessType] != want[accessType] {
		level := levelOf(want[accessType])
		change.AccessLevel = &level
	}
	if now[moderation] == want[moderation] && now[presentRestriction] == want[presentRestriction] {
		return change, nil
	}
	c, err := configurationOf(r)
	if err != nil {
		return change, err
	}
	change.Configuration, err = c.apply(now, want)
	return change, err
}
