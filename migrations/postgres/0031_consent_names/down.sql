ALTER TABLE consents DROP COLUMN named;
