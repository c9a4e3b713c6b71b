-- +goose Up
CREATE INDEX foyer_recording_worker ON meet_recording (worker_id) WHERE worker_id IS NOT NULL;
CREATE INDEX foyer_recording_under_way ON meet_recording (created_at, id)
    WHERE status IN ('initiated', 'active', 'stopped', 'failed_to_stop');

CREATE TABLE foyer_recording (
    recording_id text    PRIMARY KEY REFERENCES meet_recording (id) ON DELETE CASCADE,
    stage        text    NOT NULL DEFAULT '',
    outcome      text    NOT NULL DEFAULT '',
    reason       text    NOT NULL DEFAULT '',
    unresolved   boolean NOT NULL DEFAULT false,
    started_at   timestamp,
    ended_at     timestamp,
    limit_at     timestamp
);

CREATE TABLE foyer_recording_notice (
    recording_id text NOT NULL REFERENCES meet_recording (id) ON DELETE CASCADE,
    kind         text NOT NULL,
    done_at      timestamp,
    PRIMARY KEY (recording_id, kind)
);

CREATE TABLE foyer_process (
    id      text      PRIMARY KEY CHECK (length(id) <= 255),
    outcome text      NOT NULL DEFAULT '',
    at      timestamp NOT NULL
);
CREATE INDEX foyer_process_at ON foyer_process (at);
