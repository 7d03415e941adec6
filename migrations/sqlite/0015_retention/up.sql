-- When each rule of retention was last carried out, and how much it has removed, then and in all.
CREATE TABLE retention_runs (
    rule TEXT PRIMARY KEY,
    ran_at INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    removed_total INTEGER NOT NULL
) STRICT;
