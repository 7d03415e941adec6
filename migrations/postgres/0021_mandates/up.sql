-- Who may act for an owner: a pendamping whom the owner has invited. Of the code that makes an invitation a mandate the keyed hash is
-- kept; before somebody has used it there is no `user_id`. What has ended stays, so that the owner can read who acted and when.
CREATE TABLE mandates (
    id TEXT COLLATE "C" PRIMARY KEY,
    venture_id TEXT COLLATE "C" NOT NULL REFERENCES ventures (id),
    code_hash TEXT COLLATE "C",
    user_id TEXT COLLATE "C" REFERENCES users (id),
    created_at BIGINT NOT NULL,
    accepted_at BIGINT,
    last_session_at BIGINT,
    ended_at BIGINT,
    ended_by TEXT COLLATE "C"
);
CREATE UNIQUE INDEX mandates_code ON mandates (code_hash);
CREATE INDEX mandates_venture ON mandates (venture_id);
CREATE INDEX mandates_user ON mandates (user_id);

-- The venture for whose owner a session acts; none where an account acts for itself.
ALTER TABLE refresh_tokens ADD COLUMN acts_for TEXT COLLATE "C";
