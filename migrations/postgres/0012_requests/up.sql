-- What owners ask about their data, and what they are answered. `said` and `answer` are encrypted, and gone when the venture
-- is erased; that one asked and was answered stays. `told_at` is when it was told that the time is nearly over.
CREATE TABLE data_requests (
    id TEXT COLLATE "C" PRIMARY KEY,
    venture_id TEXT COLLATE "C" NOT NULL REFERENCES ventures (id),
    kind TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    said BYTEA,
    answer BYTEA,
    received_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    told_at BIGINT,
    resolved_at BIGINT,
    entered_by TEXT COLLATE "C" NOT NULL,
    handled_by TEXT COLLATE "C",
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX data_requests_venture ON data_requests (venture_id);
CREATE INDEX data_requests_due ON data_requests (due_at) WHERE resolved_at IS NULL;
