-- What was agreed with an owner: steps and visits, encrypted. `is_open` while anything of it is still to come.
CREATE TABLE support_plans (
    venture_id TEXT COLLATE "C" PRIMARY KEY REFERENCES ventures (id),
    sealed BYTEA NOT NULL,
    is_open BOOLEAN NOT NULL,
    version INTEGER NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    id TEXT COLLATE "C" PRIMARY KEY,
    cohort_id TEXT COLLATE "C" NOT NULL REFERENCES cohorts (id),
    topic TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    held_on TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX sessions_cohort ON sessions (cohort_id);

CREATE TABLE attendances (
    session_id TEXT COLLATE "C" NOT NULL REFERENCES sessions (id),
    participant_id TEXT COLLATE "C" NOT NULL REFERENCES participants (id),
    attendance TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (session_id, participant_id)
);
CREATE INDEX attendances_participant ON attendances (participant_id);
