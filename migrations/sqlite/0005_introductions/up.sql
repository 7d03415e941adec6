-- What staff have seen of an investor (canonical JSON), how fast it usually answers, and since when it wants no new introductions.
ALTER TABLE investors ADD COLUMN verification TEXT;
ALTER TABLE investors ADD COLUMN usual_reply_days INTEGER;
ALTER TABLE investors ADD COLUMN paused_at INTEGER;

-- What is offered, pledged and came of it is encrypted. The moments are what deadlines count from.
ALTER TABLE matches ADD COLUMN terms BLOB;
ALTER TABLE matches ADD COLUMN pledge BLOB;
ALTER TABLE matches ADD COLUMN outcome BLOB;
ALTER TABLE matches ADD COLUMN queued_at INTEGER;
ALTER TABLE matches ADD COLUMN requested_at INTEGER;
ALTER TABLE matches ADD COLUMN asked_at INTEGER;
ALTER TABLE matches ADD COLUMN reached_at INTEGER;
ALTER TABLE matches ADD COLUMN crosses_at INTEGER;
ALTER TABLE matches ADD COLUMN investor_tap_at INTEGER;
ALTER TABLE matches ADD COLUMN owner_tap_at INTEGER;
ALTER TABLE matches ADD COLUMN received_at INTEGER;
ALTER TABLE matches ADD COLUMN due_at INTEGER;
ALTER TABLE matches ADD COLUMN expires_at INTEGER;
ALTER TABLE matches ADD COLUMN delete_by INTEGER;
ALTER TABLE matches ADD COLUMN deleted_at INTEGER;
-- Which side ended it.
ALTER TABLE matches ADD COLUMN ended_by TEXT;
CREATE INDEX matches_expires_at ON matches (expires_at);

-- When a list made its suggestions.
ALTER TABLE match_lists ADD COLUMN suggested_at INTEGER;
UPDATE match_lists SET suggested_at = published_at WHERE id IN (SELECT list_id FROM matches);
