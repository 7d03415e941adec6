-- What the two sides and staff report about a match once it is an introduction; the words are encrypted.
CREATE TABLE match_reports (
    id TEXT PRIMARY KEY,
    match_id TEXT NOT NULL REFERENCES matches (id),
    side TEXT NOT NULL,
    user_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    is_going INTEGER,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX match_reports_match ON match_reports (match_id, at);
