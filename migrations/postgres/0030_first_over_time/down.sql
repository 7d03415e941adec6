DROP INDEX matches_expires_at;
CREATE INDEX matches_expires_at ON matches (expires_at);
DROP INDEX matches_remind_at;
CREATE INDEX matches_remind_at ON matches (remind_at);
