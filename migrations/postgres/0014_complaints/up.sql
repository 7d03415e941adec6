-- What somebody complains about, and what was done. `said` and `done` are encrypted, and gone when the venture is erased.
CREATE TABLE complaints (
    id TEXT COLLATE "C" PRIMARY KEY,
    state TEXT COLLATE "C" NOT NULL,
    venture_id TEXT COLLATE "C" REFERENCES ventures (id),
    match_id TEXT COLLATE "C" REFERENCES matches (id),
    investor_id TEXT COLLATE "C" REFERENCES investors (id),
    said BYTEA,
    done BYTEA,
    received_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    closed_at BIGINT,
    entered_by TEXT COLLATE "C" NOT NULL,
    handled_by TEXT COLLATE "C",
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX complaints_venture ON complaints (venture_id);
CREATE INDEX complaints_due ON complaints (due_at) WHERE closed_at IS NULL;

-- Breaches of personal data: what happened, when it was found, when authority and subjects were told. Texts are encrypted.
CREATE TABLE incidents (
    id TEXT COLLATE "C" PRIMARY KEY,
    state TEXT COLLATE "C" NOT NULL,
    what BYTEA NOT NULL,
    done BYTEA,
    found_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    authority_told_on TEXT COLLATE "C",
    subjects_told_on TEXT COLLATE "C",
    closed_at BIGINT,
    entered_by TEXT COLLATE "C" NOT NULL,
    handled_by TEXT COLLATE "C",
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX incidents_due ON incidents (due_at) WHERE closed_at IS NULL;
