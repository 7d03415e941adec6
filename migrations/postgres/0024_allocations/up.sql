-- Plans of matching days: who meets whom, or who has which exclusive place. They hold ids and scores.
CREATE TABLE allocations (
    id TEXT COLLATE "C" PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    result TEXT COLLATE "C" NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL
);
