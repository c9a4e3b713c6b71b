package config

import "foyer/sdk/conf"

// Recordings is what applies to recordings whether or not any can be made now
// (settings.md 2.8).
type Recordings struct {
	OutputFolder    string    // output_folder
	ExpirationDays  *int      // expiration_days
	DownloadBaseURL string    // download_base_url
	Media           string    // media: MediaStream, MediaRedirect or MediaOff
	Collector       Collector // metadata_collector
}

// Who answers /media/.
const (
	MediaStream   = "stream"   // the gateway, passing the file on
	MediaRedirect = "redirect" // the gateway, with a short-lived URL of the storage
	MediaOff      = "off"      // nobody: a proxy in front does
)

// Collector is the agent that records who speaks during a recording.
type Collector struct {
	Enabled      bool   // enabled
	AgentName    string // agent_name
	OutputFolder string // output_folder
}

func defaultRecordings() Recordings {
	return Recordings{OutputFolder: "recordings", Media: MediaStream, Collector: Collector{AgentName: "metadata-collector", OutputFolder: "metadata"}}
}

func (r *Recordings) Fields(f *conf.Fields) {
	f.String("output_folder", &r.OutputFolder, "Folder of recordings in the bucket, and part of their URLs.").Legacy("RECORDING_OUTPUT_FOLDER")
	f.NullInt("expiration_days", &r.ExpirationDays, "Days that files are kept, by the bucket's own rule; null or 0 = for ever.").
		Legacy("RECORDING_EXPIRATION_DAYS").AtLeast(0)
	f.String("download_base_url", &r.DownloadBaseURL, "Page that recordings are downloaded from; their id follows it.").
		Legacy("RECORDING_DOWNLOAD_BASE_URL", "SCREEN_RECORDING_BASE_URL")
	f.String("media", &r.Media, "How /media/ is answered when no proxy in front does it: the gateway hands files on, redirects to the storage (which browsers then have to reach), or not at all.").
		OneOf(MediaStream, MediaRedirect, MediaOff)
	f.Section("metadata_collector", &r.Collector, "The agent that notes who speaks while a recording is made.")
}

func (c *Collector) Fields(f *conf.Fields) {
	f.Bool("enabled", &c.Enabled, "Dispatch the agent when a recording asks for it.").Legacy("METADATA_COLLECTOR_ENABLED")
	f.String("agent_name", &c.AgentName, "Name that the agent registers under.").Legacy("METADATA_COLLECTOR_AGENT_NAME")
	f.String("output_folder", &c.OutputFolder, "Folder in the bucket that the agent writes to.").Legacy("METADATA_COLLECTOR_OUTPUT_FOLDER")
}
