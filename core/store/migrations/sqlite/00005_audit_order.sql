-- +goose Up
-- Lines are found by their ids, which are in the order of time: the table is
-- stored by them, and needs no index but one. Every index is written with every
-- token that is issued.
CREATE TABLE foyer_audit_ordered (
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
) WITHOUT ROWID;
INSERT INTO foyer_audit_ordered SELECT id, at, action, outcome, client_id, application_id, user_id, email, object, token_id,
    address, request_id FROM foyer_audit;
DROP TABLE foyer_audit;
ALTER TABLE foyer_audit_ordered RENAME TO foyer_audit;
CREATE INDEX foyer_audit_application ON foyer_audit (application_id, id);
