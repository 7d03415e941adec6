-- When each rule of retention was last carried out, and how much it has removed, then and in all.
CREATE TABLE retention_runs (
    rule TEXT COLLATE "C" PRIMARY KEY,
    ran_at BIGINT NOT NULL,
    removed BIGINT NOT NULL,
    removed_total BIGINT NOT NULL
);
