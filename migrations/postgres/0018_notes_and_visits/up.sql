-- What an investor notes about a match for itself, encrypted.
CREATE TABLE match_notes (
    match_id TEXT COLLATE "C" PRIMARY KEY REFERENCES matches (id),
    sealed BYTEA NOT NULL,
    version INTEGER NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Which list of each criteria set an account has seen last, and when.
CREATE TABLE list_visits (
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    criteria_id TEXT COLLATE "C" NOT NULL REFERENCES criteria (id),
    list_id TEXT COLLATE "C" NOT NULL REFERENCES match_lists (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (user_id, criteria_id)
);
