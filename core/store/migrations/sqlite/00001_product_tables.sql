-- +goose Up
-- The product's tables, with the names they have on PostgreSQL. Only what the
-- gateway uses is here: no framework tables, since no other server runs on an
-- embedded database. The lengths are those of PostgreSQL's types.
CREATE TABLE meet_user (
    password                   text      NOT NULL CHECK (length(password) <= 128),
    last_login                 timestamp,
    is_superuser               boolean   NOT NULL,
    id                         text      PRIMARY KEY,
    created_at                 timestamp NOT NULL,
    updated_at                 timestamp NOT NULL,
    sub                        text      UNIQUE CHECK (length(sub) <= 255),
    email                      text CHECK (length(email) <= 254),
    admin_email                text      UNIQUE CHECK (length(admin_email) <= 254),
    language                   text      NOT NULL CHECK (length(language) <= 10),
    timezone                   text      NOT NULL CHECK (length(timezone) <= 63),
    is_device                  boolean   NOT NULL,
    is_staff                   boolean   NOT NULL,
    is_active                  boolean   NOT NULL,
    full_name                  text CHECK (length(full_name) <= 100),
    short_name                 text CHECK (length(short_name) <= 100),
    default_room_access_level  text CHECK (length(default_room_access_level) <= 50),
    default_room_configuration text      NOT NULL
);
CREATE UNIQUE INDEX unique_email_when_sub_is_null ON meet_user (lower(email)) WHERE sub IS NULL;
CREATE INDEX meet_user_upper_email ON meet_user (upper(email));

CREATE TABLE meet_resource (
    id         text      PRIMARY KEY,
    created_at timestamp NOT NULL,
    updated_at timestamp NOT NULL
);

CREATE TABLE meet_room (
    name          text NOT NULL CHECK (length(name) <= 500),
    resource_id   text PRIMARY KEY REFERENCES meet_resource (id) DEFERRABLE INITIALLY DEFERRED,
    slug          text UNIQUE CHECK (length(slug) <= 100),
    configuration text NOT NULL,
    access_level  text NOT NULL CHECK (length(access_level) <= 50),
    pin_code      text UNIQUE
);

CREATE TABLE meet_resource_access (
    id          text      PRIMARY KEY,
    created_at  timestamp NOT NULL,
    updated_at  timestamp NOT NULL,
    role        text      NOT NULL CHECK (length(role) <= 20),
    resource_id text      NOT NULL REFERENCES meet_resource (id) DEFERRABLE INITIALLY DEFERRED,
    user_id     text      NOT NULL REFERENCES meet_user (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (user_id, resource_id)
);
CREATE INDEX meet_resource_access_resource ON meet_resource_access (resource_id);

CREATE TABLE meet_recording (
    id                  text      PRIMARY KEY,
    created_at          timestamp NOT NULL,
    updated_at          timestamp NOT NULL,
    status              text      NOT NULL CHECK (length(status) <= 50),
    worker_id           text CHECK (length(worker_id) <= 255),
    room_id             text      NOT NULL REFERENCES meet_room (resource_id) DEFERRABLE INITIALLY DEFERRED,
    mode                text      NOT NULL CHECK (length(mode) <= 20),
    options             text      NOT NULL,
    external_process_id text      UNIQUE CHECK (length(external_process_id) <= 255)
);
CREATE UNIQUE INDEX unique_initiated_or_active_recording_per_room
    ON meet_recording (room_id) WHERE status IN ('active', 'initiated');
CREATE INDEX meet_recording_room ON meet_recording (room_id);

CREATE TABLE meet_recording_access (
    id           text      PRIMARY KEY,
    created_at   timestamp NOT NULL,
    updated_at   timestamp NOT NULL,
    team         text      NOT NULL CHECK (length(team) <= 100),
    role         text      NOT NULL CHECK (length(role) <= 20),
    recording_id text      NOT NULL REFERENCES meet_recording (id) DEFERRABLE INITIALLY DEFERRED,
    user_id      text      REFERENCES meet_user (id) DEFERRABLE INITIALLY DEFERRED,
    CHECK ((team = '' AND user_id IS NOT NULL) OR (team <> '' AND user_id IS NULL))
);
CREATE UNIQUE INDEX unique_recording_user ON meet_recording_access (user_id, recording_id) WHERE user_id IS NOT NULL;
CREATE UNIQUE INDEX unique_recording_team ON meet_recording_access (team, recording_id) WHERE team > '';
CREATE INDEX meet_recording_access_recording ON meet_recording_access (recording_id);
