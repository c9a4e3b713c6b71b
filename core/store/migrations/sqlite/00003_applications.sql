-- +goose Up
-- The replaced server's tables of applications, as on PostgreSQL. Scopes are an
-- array there and its text here: {rooms:create,rooms:list}.
CREATE TABLE meet_application (
    id            text      PRIMARY KEY,
    created_at    timestamp NOT NULL,
    updated_at    timestamp NOT NULL,
    name          text      NOT NULL CHECK (length(name) <= 255),
    is_active     boolean   NOT NULL,
    client_id     text      NOT NULL UNIQUE CHECK (length(client_id) <= 100),
    client_secret text      NOT NULL CHECK (length(client_secret) <= 255),
    scopes        text      NOT NULL
);

CREATE TABLE meet_application_domain (
    id             text      PRIMARY KEY,
    created_at     timestamp NOT NULL,
    updated_at     timestamp NOT NULL,
    domain         text      NOT NULL CHECK (length(domain) <= 253),
    application_id text      NOT NULL REFERENCES meet_application (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (application_id, domain)
);

-- What the replaced server's tables of applications have no place for. Nothing
-- refers to its rows by foreign key: that server deletes them without knowing
-- of these, and an id never comes back.
CREATE TABLE foyer_application (
    application_id    text    PRIMARY KEY,
    scopes            text    NOT NULL, -- further scopes, which that server would refuse, separated by spaces
    require_domains   boolean NOT NULL,
    addresses         text    NOT NULL, -- networks it may call from, separated by spaces
    secret_id         text,                -- of the secret in meet_application; null = the id of the application
    secret_created_at timestamp,
    secret_expires_at timestamp
);

CREATE TABLE foyer_application_secret (
    id             text        PRIMARY KEY,
    application_id text        NOT NULL,
    hash           text        NOT NULL CHECK (length(hash) <= 255),
    created_at     timestamp   NOT NULL,
    expires_at     timestamp
);
CREATE INDEX foyer_application_secret_application ON foyer_application_secret (application_id);

CREATE TABLE foyer_application_key (
    id             text        PRIMARY KEY,
    application_id text        NOT NULL,
    jwk            text        NOT NULL, -- a public JSON Web Key
    created_at     timestamp   NOT NULL,
    expires_at     timestamp
);
CREATE INDEX foyer_application_key_application ON foyer_application_key (application_id);

-- The ids are of version 7: in the order of time.
CREATE TABLE foyer_audit (
    id             text        PRIMARY KEY,
    at             timestamp   NOT NULL,
    action         text        NOT NULL,
    outcome        text        NOT NULL,
    client_id      text        NOT NULL,
    application_id text,
    user_id        text,
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
    expires_at timestamp   NOT NULL
);
CREATE INDEX foyer_revoked_token_expires ON foyer_revoked_token (expires_at);

-- Rooms that an application created; all others were made at the frontend, or
-- before there was this table.
CREATE TABLE foyer_room_source (
    room_id        text        PRIMARY KEY,
    application_id text        NOT NULL,
    user_id        text        NOT NULL, -- for whom
    created_at     timestamp   NOT NULL
);
CREATE INDEX foyer_room_source_application ON foyer_room_source (application_id, user_id);
