-- +goose Up
-- SQLite's functions know ASCII letters only; the index is the one that
-- PostgreSQL has.
CREATE INDEX foyer_user_email ON meet_user (lower(email));
DROP INDEX IF EXISTS meet_user_upper_email;
