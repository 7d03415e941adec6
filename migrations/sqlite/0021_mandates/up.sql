-- Who may act for an owner: a pendamping whom the owner has invited. Of the code that makes an invitation a mandate the keyed hash is
-- kept; before somebody has used it there is no `user_id`. What has ended stays, so that the owner can read who acted and when.
CREATE TABLE mandates (
    id TEXT PRIMARY KEY,
    venture_id TEXT NOT NULL REFERENCES ventures (id),
    code_hash TEXT,
    user_id TEXT REFERENCES users (id),
    created_at INTEGER NOT NULL,
    accepted_at INTEGER,
    last_session_at INTEGER,
    ended_at INTEGER,
    ended_by TEXT
) STRICT;
CREATE UNIQUE INDEX mandates_code ON mandates (code_hash);
CREATE INDEX mandates_venture ON mandates (venture_id);
CREATE INDEX mandates_user ON mandates (user_id);

-- The venture for whose owner a session acts; none where an account acts for itself.
ALTER TABLE refresh_tokens ADD COLUMN acts_for TEXT;
