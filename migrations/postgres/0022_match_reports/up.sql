-- What the two sides and staff report about a match once it is an introduction; the words are encrypted.
CREATE TABLE match_reports (
    id TEXT COLLATE "C" PRIMARY KEY,
    match_id TEXT COLLATE "C" NOT NULL REFERENCES matches (id),
    side TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    is_going BOOLEAN,
    sealed BYTEA NOT NULL
);
CREATE INDEX match_reports_match ON match_reports (match_id, at);
