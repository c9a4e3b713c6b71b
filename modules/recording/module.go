package recording

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"foyer/sdk/conf"
	"foyer/sdk/letter"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// Name is the module's name and the key of its flag.
const Name = "recording"

// Module is the feature; New makes it.
type Module struct {
	config  *Config
	client  *livekit.Client
	workers *workers
	service *service
}

// New returns a module with the default configuration.
func New() module.Module { return &Module{config: defaults()} }

func (m *Module) Name() string { return Name }

func (m *Module) Config() conf.Section { return m.config }

func (m *Module) Needs() module.Needs {
	return module.Needs{
		Rooms: true, Jobs: true, KV: true, LiveKit: true, Recordings: true, Metadata: true, Storage: true, Mail: true,
	}
}

// HookFlag is on while the storage hook is served.
const HookFlag module.Flag = "recording_storage_hook"

// Routes implements module.Module. The storage hook has its own flag: files of
// recordings that were under way arrive when they arrive.
func (m *Module) Routes() []module.Route {
	return []module.Route{
		{Method: http.MethodPost, Path: "/api/v1.0/rooms/:room/start-recording/", Outside: true, Access: module.Session, Handler: http.HandlerFunc(m.start)},
		{Method: http.MethodPost, Path: "/api/v1.0/rooms/:room/stop-recording/", Outside: true, Access: module.Session, Handler: http.HandlerFunc(m.stop)},
		{
			Method: http.MethodPost, Path: "/api/v1.0/recordings/storage-hook/", Access: module.Own, AnyType: true, AnyHost: true, Handler: http.HandlerFunc(m.hook),
			Flag: HookFlag, Apart: true, Outside: true,
		},
	}
}

func (m *Module) Switches() []module.Switch {
	return []module.Switch{{Flag: HookFlag, On: m.config.Hook.Enabled, Key: "storage_hook.enabled"}}
}

// Finishes implements module.Finisher: recordings under way when the module is switched
// off are still completed, on reports from the storage and LiveKit.
func (m *Module) Finishes() bool { return true }

func (m *Module) Advertise() map[string]any {
	var longest any
	if d := m.config.MaxDuration; d > 0 {
		longest = d.Milliseconds()
	}
	modes := make([]any, len(m.config.Modes))
	for i, mode := range m.config.Modes {
		modes[i] = mode
	}
	return map[string]any{"recording": map[string]any{
		"is_enabled": true, "available_modes": modes, "max_duration": longest,
	}}
}

func (m *Module) Start(ctx context.Context, h module.Host) error {
	lk, err := h.LiveKit()
	if err != nil {
		return err
	}
	storage, err := h.Storage()
	if err != nil {
		return err
	}
	settings, err := h.Recordings().Settings(ctx)
	if err != nil {
		return fmt.Errorf("read the settings of recordings: %w", err)
	}
	ready, err := letter.Parse(words, "words")
	if err != nil {
		return err
	}
	m.client = livekit.NewClient(lk)
	m.service = &service{
		config: m.config, settings: settings, storage: storage, live: m.client, rooms: h.Rooms(), recordings: h.Recordings(),
		metadata: h.Metadata(), jobs: h.Jobs(), kv: h.KV(), mails: h.Mail(), ready: ready, keys: keyRule(settings.Folder), log: h.Log(), now: time.Now,
	}
	m.workers = ask(ctx, m.client, h.Log())
	return m.service.scheduleReconcile(ctx)
}

func (m *Module) Stop(context.Context) error {
	if m.workers != nil {
		m.workers.stop()
		m.workers = nil
	}
	if m.client != nil {
		m.client.Close()
	}
	return nil
}

func (m *Module) Events() []string {
	return []string{"egress_started", "egress_updated", "egress_ended"}
}

func (m *Module) Listen(ctx context.Context, e module.Event) error { return m.service.listen(ctx, e) }

func (m *Module) Work(ctx context.Context, j module.Job) error { return m.service.work(ctx, j) }
