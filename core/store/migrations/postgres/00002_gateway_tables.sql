-- +goose Up
CREATE TABLE foyer_session (
    token      text        PRIMARY KEY,
    user_id    uuid,
    sid        text        NOT NULL DEFAULT '',
    data       bytea       NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX foyer_session_user ON foyer_session (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX foyer_session_sid ON foyer_session (sid) WHERE sid <> '';
CREATE INDEX foyer_session_expires ON foyer_session (expires_at);

CREATE TABLE foyer_event (
    id          text        PRIMARY KEY,
    name        text        NOT NULL,
    room        text        NOT NULL,
    received_at timestamptz NOT NULL,
    body        bytea       NOT NULL
);
CREATE INDEX foyer_event_received ON foyer_event (received_at);

CREATE TABLE foyer_kv (
    namespace  text  NOT NULL,
    key        text  NOT NULL,
    value      bytea NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (namespace, key)
);
CREATE INDEX foyer_kv_expires ON foyer_kv (expires_at) WHERE expires_at IS NOT NULL;

-- Accounts are looked up by address, ignoring case; the replaced server has no
-- index for that.
CREATE INDEX foyer_user_upper_email ON meet_user (upper(email));
