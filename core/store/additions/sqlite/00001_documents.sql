-- +goose Up
-- Values become documents: each write gives a value another revision, and what a
-- document is found by besides its key is here. A program that does not know of
-- it writes values as before: they keep the revision that they have.
ALTER TABLE foyer_kv ADD COLUMN revision integer NOT NULL DEFAULT 1;

CREATE TABLE foyer_document_index (
    namespace text NOT NULL,
    name      text NOT NULL,
    value     text NOT NULL,
    key       text NOT NULL,
    PRIMARY KEY (namespace, name, value, key),
    FOREIGN KEY (namespace, key) REFERENCES foyer_kv (namespace, key) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX foyer_document_index_document ON foyer_document_index (namespace, key);
