-- A sweep takes the first that are over time, in the order of their ids where many end at once: without the id in the index it would
-- sort them all for each few.
DROP INDEX matches_expires_at;
CREATE INDEX matches_expires_at ON matches (expires_at, id);
DROP INDEX matches_remind_at;
CREATE INDEX matches_remind_at ON matches (remind_at, id);
