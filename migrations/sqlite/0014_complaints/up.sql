-- What somebody complains about, and what was done. `said` and `done` are encrypted, and gone when the venture is erased.
CREATE TABLE complaints (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    venture_id TEXT REFERENCES ventures (id),
    match_id TEXT REFERENCES matches (id),
    investor_id TEXT REFERENCES investors (id),
    said BLOB,
    done BLOB,
    received_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    closed_at INTEGER,
    entered_by TEXT NOT NULL,
    handled_by TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX complaints_venture ON complaints (venture_id);
CREATE INDEX complaints_due ON complaints (due_at) WHERE closed_at IS NULL;

-- Breaches of personal data: what happened, when it was found, when authority and subjects were told. Texts are encrypted.
CREATE TABLE incidents (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    what BLOB NOT NULL,
    done BLOB,
    found_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    authority_told_on TEXT,
    subjects_told_on TEXT,
    closed_at INTEGER,
    entered_by TEXT NOT NULL,
    handled_by TEXT,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX incidents_due ON incidents (due_at) WHERE closed_at IS NULL;
