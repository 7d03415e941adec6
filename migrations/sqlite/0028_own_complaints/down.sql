ALTER TABLE complaints DROP COLUMN about;
