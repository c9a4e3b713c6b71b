-- +goose Up
-- Lines are found by their ids, which are in the order of time.
DROP INDEX foyer_audit_at;
