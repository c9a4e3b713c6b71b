-- +goose Up
-- Webhooks look recordings up by their egress; the replaced server has no index
-- for that.
CREATE INDEX foyer_recording_worker ON meet_recording (worker_id) WHERE worker_id IS NOT NULL;
-- What the reconciler reads, in its order.
CREATE INDEX foyer_recording_under_way ON meet_recording (created_at, id)
    WHERE status IN ('initiated', 'active', 'stopped', 'failed_to_stop');

-- What the replaced server's table has no place for. A row goes with its
-- recording, also when the replaced server deletes that.
CREATE TABLE foyer_recording (
    recording_id uuid    PRIMARY KEY REFERENCES meet_recording (id) ON DELETE CASCADE,
    stage        text    NOT NULL DEFAULT '',
    outcome      text    NOT NULL DEFAULT '',
    reason       text    NOT NULL DEFAULT '',
    unresolved   boolean NOT NULL DEFAULT false,
    started_at   timestamptz,
    ended_at     timestamptz,
    limit_at     timestamptz
);

-- Who has to be told of a finished recording, and who was.
CREATE TABLE foyer_recording_notice (
    recording_id uuid NOT NULL REFERENCES meet_recording (id) ON DELETE CASCADE,
    kind         text NOT NULL,
    done_at      timestamptz,
    PRIMARY KEY (recording_id, kind)
);

-- Jobs of the external service: the row is the lock between its acceptance and
-- its result, and keeps a result that came first.
CREATE TABLE foyer_process (
    id      varchar(255) PRIMARY KEY,
    outcome text         NOT NULL DEFAULT '',
    at      timestamptz  NOT NULL
);
CREATE INDEX foyer_process_at ON foyer_process (at);
