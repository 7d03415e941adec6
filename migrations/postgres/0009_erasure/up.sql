-- When everything personal of a venture was erased. Its empty row stays, for what stands on its id: lists with a gap, matches
-- with their outcome, audit rows without a salt.
ALTER TABLE ventures ADD COLUMN erased_at BIGINT;

-- What was erased, by random ids. The same ids stand in a file beside the keys, so that a database that is restored from before
-- an erasure honours it.
CREATE TABLE tombstones (
    subject TEXT COLLATE "C" PRIMARY KEY,
    erased_at BIGINT NOT NULL
);

-- What a kept answer is about: the id in the path, if there was one.
ALTER TABLE idempotency ADD COLUMN subject TEXT COLLATE "C";
CREATE INDEX idempotency_subject ON idempotency (subject);
