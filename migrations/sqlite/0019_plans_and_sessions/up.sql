-- What was agreed with an owner: steps and visits, encrypted. `is_open` while anything of it is still to come.
CREATE TABLE support_plans (
    venture_id TEXT PRIMARY KEY REFERENCES ventures (id),
    sealed BLOB NOT NULL,
    is_open INTEGER NOT NULL,
    version INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    cohort_id TEXT NOT NULL REFERENCES cohorts (id),
    topic TEXT NOT NULL,
    title TEXT NOT NULL,
    held_on TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_cohort ON sessions (cohort_id);

CREATE TABLE attendances (
    session_id TEXT NOT NULL REFERENCES sessions (id),
    participant_id TEXT NOT NULL REFERENCES participants (id),
    attendance TEXT NOT NULL,
    PRIMARY KEY (session_id, participant_id)
) STRICT;
CREATE INDEX attendances_participant ON attendances (participant_id);
