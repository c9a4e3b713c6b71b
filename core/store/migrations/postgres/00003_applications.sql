-- +goose Up
-- What the replaced server's tables of applications have no place for. Nothing
-- refers to its rows by foreign key: that server deletes them without knowing
-- of these, and an id never comes back.
CREATE TABLE foyer_application (
    application_id    uuid    PRIMARY KEY,
    scopes            text    NOT NULL, -- further scopes, which that server would refuse, separated by spaces
    require_domains   boolean NOT NULL,
    addresses         text    NOT NULL, -- networks it may call from, separated by spaces
    secret_id         uuid,                -- of the secret in meet_application; null = the id of the application
    secret_created_at timestamptz,
    secret_expires_at timestamptz
);

CREATE TABLE foyer_application_secret (
    id             uuid        PRIMARY KEY,
    application_id uuid        NOT NULL,
    hash           varchar(255) NOT NULL,
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz
);
CREATE INDEX foyer_application_secret_application ON foyer_application_secret (application_id);

CREATE TABLE foyer_application_key (
    id             uuid        PRIMARY KEY,
    application_id uuid        NOT NULL,
    jwk            text        NOT NULL, -- a public JSON Web Key
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz
);
CREATE INDEX foyer_application_key_application ON foyer_application_key (application_id);

-- The ids are of version 7: in the order of time.
CREATE TABLE foyer_audit (
    id             uuid        PRIMARY KEY,
    at             timestamptz NOT NULL,
    action         text        NOT NULL,
    outcome        text        NOT NULL,
    client_id      text        NOT NULL,
    application_id uuid,
    user_id        uuid,
    email          text        NOT NULL,
    object         text        NOT NULL,
    token_id       text        NOT NULL,
    address        text        NOT NULL,
    request_id     text        NOT NULL
);
CREATE INDEX foyer_audit_application ON foyer_audit (application_id, id);
CREATE INDEX foyer_audit_at ON foyer_audit (at);

CREATE TABLE foyer_revoked_token (
    token_id   text        PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX foyer_revoked_token_expires ON foyer_revoked_token (expires_at);

-- Rooms that an application created; all others were made at the frontend, or
-- before there was this table.
CREATE TABLE foyer_room_source (
    room_id        uuid        PRIMARY KEY,
    application_id uuid        NOT NULL,
    user_id        uuid        NOT NULL, -- for whom
    created_at     timestamptz NOT NULL
);
CREATE INDEX foyer_room_source_application ON foyer_room_source (application_id, user_id);
