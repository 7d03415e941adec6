-- Plans of matching days: who meets whom, or who has which exclusive place. They hold ids and scores.
CREATE TABLE allocations (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    result TEXT NOT NULL,
    made_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
