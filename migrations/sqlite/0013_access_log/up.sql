-- Who looked at a venture, of what kind the look was, and on which day in Jakarta: each once a day. `investor_id` is whom the
-- account acted for.
CREATE TABLE access_log (
    seq INTEGER PRIMARY KEY,
    venture_id TEXT NOT NULL REFERENCES ventures (id),
    user_id TEXT NOT NULL,
    investor_id TEXT,
    role TEXT NOT NULL,
    look TEXT NOT NULL,
    day TEXT NOT NULL,
    UNIQUE (venture_id, user_id, look, day)
) STRICT;
CREATE INDEX access_log_user ON access_log (user_id, day);
CREATE INDEX access_log_investor ON access_log (investor_id, day);
CREATE INDEX access_log_day ON access_log (day);
