-- BLAKE3 of each line, hex; `output_hash` of the list is the hash of these hashes in their order. So when a line is
-- erased its hash stays in its gap, and what is left is still proven to be what was published.
ALTER TABLE match_list_entries ADD COLUMN hash TEXT COLLATE "C" NOT NULL DEFAULT '';

-- Where a line was erased: dihapus atas permintaan.
CREATE TABLE match_list_gaps (
    list_id TEXT COLLATE "C" NOT NULL REFERENCES match_lists (id),
    position INTEGER NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (list_id, position)
);
