-- +goose Up
-- Nothing yet: the number is taken by work under way beside this.
SELECT 1;
