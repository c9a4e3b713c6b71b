package spaces

import (
	"encoding/json"
	"slices"
	"strings"

	"foyer/sdk/body"
)

// Paths, below the space, of the settings that rooms support.
const (
	accessType         = "config.accessType"
	moderation         = "config.moderation"
	presentRestriction = "config.moderationRestrictions.presentRestriction"
)

// Values of the API.
const (
	open, trusted, restricted = "OPEN", "TRUSTED", "RESTRICTED"
	on, off                   = "ON", "OFF"
	hostsOnly, noRestriction  = "HOSTS_ONLY", "NO_RESTRICTION"
)

// setting is a field of the API's SpaceConfig. All are enumerations.
type setting struct {
	path   string
	values []string // those that rooms support; the first is the default
	all    []string // all of the API's values in the order of their numbers, from 1
}

// settings lists all of them; where a comment does not say otherwise, rooms support only
// one value.
var settings = []setting{
	{accessType, []string{trusted, open, restricted}, []string{open, trusted, restricted}}, // the access level; its default is configured
	{"config.entryPointAccess", []string{"ALL"}, []string{"ALL", "CREATOR_APP_ONLY"}},
	{moderation, []string{off, on}, []string{off, on}}, // on: only hosts mute others
	{"config.moderationRestrictions.chatRestriction", []string{noRestriction}, restriction},
	{"config.moderationRestrictions.reactionRestriction", []string{noRestriction}, restriction},
	{presentRestriction, []string{noRestriction, hostsOnly}, restriction}, // hosts only: others do not share their screen
	{"config.moderationRestrictions.defaultJoinAsViewerType", []string{off}, onOff},
	{"config.attendanceReportGenerationType", []string{"DO_NOT_GENERATE"}, []string{"GENERATE_REPORT", "DO_NOT_GENERATE"}},
	{"config.artifactConfig.recordingConfig.autoRecordingGeneration", []string{off}, onOff},
	{"config.artifactConfig.transcriptionConfig.autoTranscriptionGeneration", []string{off}, onOff},
	{"config.artifactConfig.smartNotesConfig.autoSmartNotesGeneration", []string{off}, onOff},
}

// Enumerations that several settings have.
var (
	restriction = []string{hostsOnly, noRestriction}
	onOff       = []string{on, off}
)

// read returns the value in a request, "" if it is unspecified. Clients generated from
// the API's protocol definition send numbers, others send names.
func (s setting) read(raw json.RawMessage) (string, error) {
	var value string
	if number := 0; body.TypeName(raw) == "int" && json.Unmarshal(raw, &number) == nil && number >= 0 && number <= len(s.all) {
		if number == 0 {
			return "", nil
		}
		value = s.all[number-1]
	} else if json.Unmarshal(raw, &value) != nil {
		return "", invalid(s.path, "must be the name of a value")
	}
	switch {
	case strings.HasSuffix(value, "_UNSPECIFIED"):
		return "", nil
	case slices.Contains(s.values, value):
		return value, nil
	case slices.Contains(s.all, value):
		return "", invalid(s.path, value+" is not possible on this server")
	}
	return "", invalid(s.path, "has no value "+value)
}

// values maps the path of a setting to its value.
type values map[string]string

// defaults returns the settings of a room that nobody has configured.
func defaults(level string) values {
	v := values{}
	for _, s := range settings {
		v[s.path] = s.values[0]
	}
	v[accessType] = strings.ToUpper(wordOf(level))
	return v
}

// readValues flattens the config of a request. null and UNSPECIFIED count as not given;
// unknown names, values of the wrong type and values that rooms do not support are
// refused.
func readValues(path string, raw json.RawMessage, into values) error {
	switch body.TypeName(raw) {
	case "NoneType":
		return nil
	case "dict":
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(raw, &fields); err != nil {
			return invalid(path, "is not an object")
		}
		if !isGroup(path) {
			return invalid(path, "is not an object")
		}
		for name, value := range fields {
			if err := readValues(path+"."+camel(name), value, into); err != nil {
				return err
			}
		}
		return nil
	}
	at := slices.IndexFunc(settings, func(s setting) bool { return s.path == path })
	if at < 0 {
		return invalid(path, "is unknown, or no value of its kind")
	}
	value, err := settings[at].read(raw)
	if value != "" {
		into[path] = value
	}
	return err
}

// isGroup reports whether there are settings below the path.
func isGroup(path string) bool {
	return slices.ContainsFunc(settings, func(s setting) bool { return strings.HasPrefix(s.path, path+".") })
}

// tree returns the settings as the API's nested object.
func (v values) tree() map[string]any {
	root := map[string]any{}
	for _, s := range settings {
		node, names := root, strings.Split(s.path, ".")
		for _, name := range names[:len(names)-1] {
			next, ok := node[name].(map[string]any)
			if !ok {
				next = map[string]any{}
				node[name] = next
			}
			node = next
		}
		node[names[len(names)-1]] = v[s.path]
	}
	config, _ := root["config"].(map[string]any)
	return config
}
