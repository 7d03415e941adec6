-- What owners ask about their data, and what they are answered. `said` and `answer` are encrypted, and gone when the venture
-- is erased; that one asked and was answered stays. `told_at` is when it was told that the time is nearly over.
CREATE TABLE data_requests (
    id TEXT PRIMARY KEY,
    venture_id TEXT NOT NULL REFERENCES ventures (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    channel TEXT NOT NULL,
    said BLOB,
    answer BLOB,
    received_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    told_at INTEGER,
    resolved_at INTEGER,
    entered_by TEXT NOT NULL,
    handled_by TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX data_requests_venture ON data_requests (venture_id);
CREATE INDEX data_requests_due ON data_requests (due_at) WHERE resolved_at IS NULL;
