DROP TABLE service_tokens;
DROP INDEX users_identity;
ALTER TABLE users DROP COLUMN subject;
ALTER TABLE users DROP COLUMN issuer;
