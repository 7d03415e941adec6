ALTER TABLE matches DROP COLUMN furthest;
