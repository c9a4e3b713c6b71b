package spaces

import (
	"encoding/json"
	"slices"
	"strings"

	"foyer/core/module/body"
)

// Paths of what rooms can do, below the space.
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
	values []string // what rooms can do; the first one is the default
	others []string // what the API knows and rooms cannot do
}

// settings are all of them; unless said otherwise a room has the only value it
// can have.
var settings = []setting{
	{accessType, []string{trusted, open, restricted}, nil}, // the access level; its default is configured
	{"config.entryPointAccess", []string{"ALL"}, []string{"CREATOR_APP_ONLY"}},
	{moderation, []string{off, on}, nil}, // on: only hosts mute others
	{"config.moderationRestrictions.chatRestriction", []string{noRestriction}, []string{hostsOnly}},
	{"config.moderationRestrictions.reactionRestriction", []string{noRestriction}, []string{hostsOnly}},
	{presentRestriction, []string{noRestriction, hostsOnly}, nil}, // hosts only: others do not share their screen
	{"config.moderationRestrictions.defaultJoinAsViewerType", []string{off}, []string{on}},
	{"config.attendanceReportGenerationType", []string{"DO_NOT_GENERATE"}, []string{"GENERATE_REPORT"}},
	{"config.artifactConfig.recordingConfig.autoRecordingGeneration", []string{off}, []string{on}},
	{"config.artifactConfig.transcriptionConfig.autoTranscriptionGeneration", []string{off}, []string{on}},
	{"config.artifactConfig.smartNotesConfig.autoSmartNotesGeneration", []string{off}, []string{on}},
}

// values are settings by path.
type values map[string]string

// defaults are those of a room that nobody configured.
func defaults(level string) values {
	v := values{}
	for _, s := range settings {
		v[s.path] = s.values[0]
	}
	v[accessType] = strings.ToUpper(wordOf(level))
	return v
}

// readValues flattens the config of a request. null and UNSPECIFIED are not
// given; an unknown name, a value of no kind, and one that rooms cannot have
// are refused.
func readValues(path string, raw json.RawMessage, into values) error {
	switch body.TypeName(raw) {
	case "NoneType":
		return nil
	case "dict":
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(raw, &fields); err != nil {
			return invalid(path, "is no object")
		}
		if !isGroup(path) {
			return invalid(path, "is not an object")
		}
		for name, value := range fields {
			if err := readValues(path+"."+name, value, into); err != nil {
				return err
			}
		}
		return nil
	}
	at := slices.IndexFunc(settings, func(s setting) bool { return s.path == path })
	if at < 0 {
		return invalid(path, "is unknown, or no value of its kind")
	}
	var value string
	if json.Unmarshal(raw, &value) != nil {
		return invalid(path, "must be the name of a value")
	}
	switch s := settings[at]; {
	case strings.HasSuffix(value, "_UNSPECIFIED"):
		return nil
	case slices.Contains(s.others, value):
		return invalid(path, value+" is not possible on this server")
	case !slices.Contains(s.values, value):
		return invalid(path, "has no value "+value)
	}
	into[path] = value
	return nil
}

// isGroup tells whether settings are below the path.
func isGroup(path string) bool {
	return slices.ContainsFunc(settings, func(s setting) bool { return strings.HasPrefix(s.path, path+".") })
}

// tree is the settings as the nested object of the API.
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
