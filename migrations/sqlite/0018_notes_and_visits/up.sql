-- What an investor notes about a match for itself, encrypted.
CREATE TABLE match_notes (
    match_id TEXT PRIMARY KEY REFERENCES matches (id),
    sealed BLOB NOT NULL,
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

-- Which list of each criteria set an account has seen last, and when.
CREATE TABLE list_visits (
    user_id TEXT NOT NULL REFERENCES users (id),
    criteria_id TEXT NOT NULL REFERENCES criteria (id),
    list_id TEXT NOT NULL REFERENCES match_lists (id),
    at INTEGER NOT NULL,
    PRIMARY KEY (user_id, criteria_id)
) STRICT;
