DROP TABLE match_list_gaps;
ALTER TABLE match_list_entries DROP COLUMN hash;
