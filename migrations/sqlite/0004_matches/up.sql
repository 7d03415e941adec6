-- One investor and one venture, from a line on a published list to its end. `before` is the state that a suspended match
-- left. `reason` is encrypted: why it was dismissed or ended, for staff only.
CREATE TABLE matches (
    id TEXT PRIMARY KEY,
    investor_id TEXT NOT NULL REFERENCES investors (id),
    venture_id TEXT NOT NULL REFERENCES ventures (id),
    list_id TEXT NOT NULL REFERENCES match_lists (id),
    state TEXT NOT NULL,
    before TEXT,
    reason BLOB,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    moved_at INTEGER NOT NULL
) STRICT;
CREATE INDEX matches_investor ON matches (investor_id, state);
CREATE INDEX matches_venture ON matches (venture_id);
