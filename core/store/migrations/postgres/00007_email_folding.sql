-- +goose Up
-- Addresses are compared by their ASCII letters, whatever the database's locale
-- makes of others. The replaced server's own index (lower(email) where sub is
-- null) stays as it is.
CREATE INDEX foyer_user_email ON meet_user (lower(email COLLATE "C"));
DROP INDEX IF EXISTS foyer_user_upper_email;
