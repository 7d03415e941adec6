DROP INDEX idempotency_subject;
ALTER TABLE idempotency DROP COLUMN subject;
DROP TABLE tombstones;
ALTER TABLE ventures DROP COLUMN erased_at;
