DELETE FROM outbox WHERE event IS NULL;
DROP INDEX outbox_messages;
DROP INDEX matches_remind_at;
ALTER TABLE matches DROP COLUMN remind_at;
