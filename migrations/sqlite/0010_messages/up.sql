-- When the owner is reminded next of what is expected of them; null when nothing is to be said.
ALTER TABLE matches ADD COLUMN remind_at INTEGER;
CREATE INDEX matches_remind_at ON matches (remind_at);

-- From now on the outbox carries messages to owners too. Their `lane` is the id of the venture, their `subject` the id of the match,
-- and `event` is null. The payload says why and about what, and holds neither a phone number nor a text.
CREATE INDEX outbox_messages ON outbox (leased_until) WHERE event IS NULL AND state = 'waiting';
