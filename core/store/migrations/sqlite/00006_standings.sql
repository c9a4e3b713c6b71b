-- +goose Up
-- How people stand with the meetings of a room: whom one has let in, and who was
-- removed. Rows end by themselves.
CREATE TABLE foyer_standing (
    room_id    text      NOT NULL,
    identity   text      NOT NULL CHECK (length(identity) <= 256), -- at the media server
    state      text      NOT NULL, -- admitted, removed
    entry      text      NOT NULL, -- the id under which they waited
    name       text      NOT NULL,
    color      text      NOT NULL,
    seat       text      NOT NULL, -- their connection; '' = they are not known to be there
    since      timestamp NOT NULL,
    touched_at timestamp NOT NULL,
    ends_at    timestamp NOT NULL,
    PRIMARY KEY (room_id, identity)
) WITHOUT ROWID;
CREATE INDEX foyer_standing_ends ON foyer_standing (ends_at);

-- Meetings that were under way before there was this table are judged by what
-- held then (core/meetings).
INSERT INTO foyer_kv (namespace, key, value) VALUES ('meeting-tokens', 'judged-since', CAST(strftime('%s', 'now') AS blob));
