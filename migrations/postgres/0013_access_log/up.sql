-- Who looked at a venture, of what kind the look was, and on which day in Jakarta: each once a day. `investor_id` is whom the
-- account acted for.
CREATE TABLE access_log (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    venture_id TEXT COLLATE "C" NOT NULL REFERENCES ventures (id),
    user_id TEXT COLLATE "C" NOT NULL,
    investor_id TEXT COLLATE "C",
    role TEXT COLLATE "C" NOT NULL,
    look TEXT COLLATE "C" NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    UNIQUE (venture_id, user_id, look, day)
);
CREATE INDEX access_log_user ON access_log (user_id, day);
CREATE INDEX access_log_investor ON access_log (investor_id, day);
CREATE INDEX access_log_day ON access_log (day);
