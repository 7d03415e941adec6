-- One investor and one venture, from a line on a published list to its end. `before` is the state that a suspended match
-- left. `reason` is encrypted: why it was dismissed or ended, for staff only.
CREATE TABLE matches (
    id TEXT COLLATE "C" PRIMARY KEY,
    investor_id TEXT COLLATE "C" NOT NULL REFERENCES investors (id),
    venture_id TEXT COLLATE "C" NOT NULL REFERENCES ventures (id),
    list_id TEXT COLLATE "C" NOT NULL REFERENCES match_lists (id),
    state TEXT COLLATE "C" NOT NULL,
    before TEXT COLLATE "C",
    reason BYTEA,
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    moved_at BIGINT NOT NULL
);
CREATE INDEX matches_investor ON matches (investor_id, state);
CREATE INDEX matches_venture ON matches (venture_id);
