-- What staff have seen of an investor (canonical JSON), how fast it usually answers, and since when it wants no new introductions.
ALTER TABLE investors ADD COLUMN verification TEXT COLLATE "C";
ALTER TABLE investors ADD COLUMN usual_reply_days INTEGER;
ALTER TABLE investors ADD COLUMN paused_at BIGINT;

-- What is offered, pledged and came of it is encrypted. The moments are what deadlines count from.
ALTER TABLE matches ADD COLUMN terms BYTEA;
ALTER TABLE matches ADD COLUMN pledge BYTEA;
ALTER TABLE matches ADD COLUMN outcome BYTEA;
ALTER TABLE matches ADD COLUMN queued_at BIGINT;
ALTER TABLE matches ADD COLUMN requested_at BIGINT;
ALTER TABLE matches ADD COLUMN asked_at BIGINT;
ALTER TABLE matches ADD COLUMN reached_at BIGINT;
ALTER TABLE matches ADD COLUMN crosses_at BIGINT;
ALTER TABLE matches ADD COLUMN investor_tap_at BIGINT;
ALTER TABLE matches ADD COLUMN owner_tap_at BIGINT;
ALTER TABLE matches ADD COLUMN received_at BIGINT;
ALTER TABLE matches ADD COLUMN due_at BIGINT;
ALTER TABLE matches ADD COLUMN expires_at BIGINT;
ALTER TABLE matches ADD COLUMN delete_by BIGINT;
ALTER TABLE matches ADD COLUMN deleted_at BIGINT;
-- Which side ended it.
ALTER TABLE matches ADD COLUMN ended_by TEXT COLLATE "C";
CREATE INDEX matches_expires_at ON matches (expires_at);

-- When a list made its suggestions.
ALTER TABLE match_lists ADD COLUMN suggested_at BIGINT;
UPDATE match_lists SET suggested_at = published_at WHERE id IN (SELECT list_id FROM matches);
