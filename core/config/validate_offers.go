package config

import (
	"slices"
	"strings"

	"foyer/sdk/module"
)

// validateOffers warns of offers to users that nothing serves, as far as the
// configuration tells. What external modules do is unknown before they run: while
// one is on, it says nothing about what that one may serve.
func (l *loader) validateOffers() {
	c := l.config
	var storing, linking []string
	answered, taken := c.external(), c.external()
	for _, m := range c.Modules.on() {
		if m.Needs().Storage {
			storing = append(storing, m.Name())
		}
		if m.Needs().Recordings {
			linking = append(linking, m.Name())
		}
		if a, ok := m.(module.Advertiser); ok && a.Advertise()["telephony"] != nil {
			answered = true
		}
		if x, ok := m.(module.Listener); ok && module.Listens(x.Events(), module.EventRecordingSaved) {
			taken = true
		}
	}
	if c.Telephony.Enabled && !answered {
		l.warn("telephony.enabled", "no module that is on answers calls: clients are shown a number and PINs that lead nowhere")
	}
	if s := c.Storage; len(storing) > 0 && s.Endpoint == "" && s.AccessKey.IsZero() {
		l.warn("storage.endpoint", "not set, nor is storage.access_key: files of %s go to the bucket %q at AWS, if whoever connects has credentials of its own",
			strings.Join(storing, ", "), s.Bucket)
	}
	if len(linking) > 0 && c.Recordings.DownloadBaseURL == "" {
		l.warn("recordings.download_base_url", "not set: mails about recordings have no link, and what is to be transcribed waits (%s)",
			strings.Join(linking, ", "))
	}
	for _, m := range c.Modules.on() {
		if !taken && offersTranscripts(m) {
			l.warn("modules."+m.Name()+".modes", "%s is offered, and no module that is on has recordings transcribed: switch modules.summary on, or leave it out",
				module.Transcript)
		}
	}
}

// offersTranscripts reports whether clients are told that meetings can be
// transcribed.
func offersTranscripts(m module.Module) bool {
	a, ok := m.(module.Advertiser)
	if !ok {
		return false
	}
	shown, _ := a.Advertise()["recording"].(map[string]any)
	modes, _ := shown["available_modes"].([]any)
	return slices.Contains(modes, any(module.Transcript))
}

// on lists the built-in modules that are switched on.
func (m *Modules) on() (all []module.Module) {
	for _, b := range m.builtin {
		if b.enabled {
			all = append(all, b.module)
		}
	}
	return all
}

// external reports whether an external module is on.
func (c *Config) external() bool {
	return slices.ContainsFunc(c.Modules.External, func(e ExternalModule) bool { return e.Enable })
}
