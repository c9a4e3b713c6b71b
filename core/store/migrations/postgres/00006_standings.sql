-- +goose Up
-- How people stand with the meetings of a room: whom one has let in, and who was
-- removed. Rows end by themselves, also those of rooms that the replaced server
-- deletes.
CREATE TABLE foyer_standing (
    room_id    uuid         NOT NULL,
    identity   varchar(256) NOT NULL, -- at the media server
    state      text         NOT NULL, -- admitted, removed
    entry      text         NOT NULL, -- the id under which they waited
    name       text         NOT NULL,
    color      text         NOT NULL,
    seat       text         NOT NULL, -- their connection; '' = they are not known to be there
    since      timestamptz  NOT NULL,
    touched_at timestamptz  NOT NULL,
    ends_at    timestamptz  NOT NULL,
    PRIMARY KEY (room_id, identity)
);
CREATE INDEX foyer_standing_ends ON foyer_standing (ends_at);

-- Meetings that were under way before there was this table are judged by what
-- held then (core/meetings).
INSERT INTO foyer_kv (namespace, key, value) VALUES ('meeting-tokens', 'judged-since', convert_to(CAST(CAST(FLOOR(EXTRACT(EPOCH FROM now())) AS bigint) AS text), 'UTF8'));
