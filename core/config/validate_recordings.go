package config

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"foyer/sdk/address"
)

// folderName is what a folder in the bucket may be called: only names that S3
// servers spell in one way in their events, and proxies in URLs.
var folderName = regexp.MustCompile(`^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$`)

// validateRecordings is strict if recordings can be made, and with settings that
// were written for this server.
func (l *loader) validateRecordings() {
	r, off := &l.config.Recordings, !l.config.records()
	const page = "recordings.download_base_url"
	if r.DownloadBaseURL != "" {
		if err := address.Link.Check(r.DownloadBaseURL); err != nil {
			l.unless(off, page)(page, "%v", err)
		}
	}
	l.folder("recordings.output_folder", &r.OutputFolder, off, defaultRecordings().OutputFolder)
	l.folder("recordings.metadata_collector.output_folder", &r.Collector.OutputFolder, off || !r.Collector.Enabled, defaultRecordings().Collector.OutputFolder)
}

// folder checks a folder in the bucket. One that only causes a warning is
// replaced by the usual one, since it would be part of a route.
func (l *loader) folder(path string, folder *string, off bool, usual string) {
	if clean := strings.TrimRight(*folder, "/"); clean != *folder && clean != "" {
		l.warn(path, "%q: the slash at its end is left out", *folder)
		*folder = clean
	}
	err := folderProblem(*folder)
	if err == nil {
		return
	}
	l.unless(off, path)(path, "%q: %v", *folder, err)
	*folder = usual
}

func folderProblem(folder string) error {
	switch {
	case slices.ContainsFunc(strings.Split(folder, "/"), func(part string) bool { return part == "." || part == ".." }):
		return errors.New("leave out . and .., which browsers and proxies take out of addresses")
	case !folderName.MatchString(folder):
		return errors.New("use letters, digits, ., _, - and / between names; other characters are encoded in the storage's events and addresses, and no recording would be found")
	}
	return nil
}

// records reports whether recordings can be made, as far as the configuration
// says.
func (c *Config) records() bool {
	for _, m := range c.Modules.on() {
		if m.Needs().Recordings {
			return true
		}
	}
	return c.external()
}
