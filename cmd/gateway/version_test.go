package main

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

// make build, go build in a clone, go install of a release, and go run.
func TestVersion_is_the_stamp_or_what_the_go_command_knows(t *testing.T) {
	in := func(version string, settings ...string) *debug.BuildInfo {
		info := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: version}}
		for i := 0; i < len(settings); i += 2 {
			info.Settings = append(info.Settings, debug.BuildSetting{Key: settings[i], Value: settings[i+1]})
		}
		return info
	}
	for name, test := range map[string]struct {
		stamp string
		info  *debug.BuildInfo
		want  [3]string
	}{
		"make build":            {"v1.2.0-3-gabc1234", in("v1.2.1-0.20261130120000-abc1234", "vcs.revision", "abc1234", "vcs.modified", "false"), [3]string{"v1.2.0-3-gabc1234", "abc1234", "go1.26.8"}},
		"go build":              {"", in("v1.2.1-0.20261130120000-abc1234", "vcs.revision", "abc1234", "vcs.modified", "false"), [3]string{"v1.2.1-0.20261130120000-abc1234", "abc1234", "go1.26.8"}},
		"with changes":          {"", in("v1.2.0+dirty", "vcs.revision", "abc1234", "vcs.modified", "true"), [3]string{"v1.2.0+dirty", "abc1234 with changes", "go1.26.8"}},
		"go install":            {"", in("v1.2.0"), [3]string{"v1.2.0", "unknown", "go1.26.8"}},
		"go run":                {"", in("(devel)"), [3]string{"dev", "unknown", "go1.26.8"}},
		"make without a clone":  {"", in(""), [3]string{"dev", "unknown", "go1.26.8"}},
		"nothing known":         {"", nil, [3]string{"dev", "unknown", "unknown"}},
		"nothing but the stamp": {"v1.2.0", nil, [3]string{"v1.2.0", "unknown", "unknown"}},
	} {
		v, c, g := versionOf(test.stamp, func() (*debug.BuildInfo, bool) { return test.info, test.info != nil })
		require.Equal(t, test.want, [3]string{v, c, g}, name)
	}
}
