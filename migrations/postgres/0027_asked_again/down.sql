ALTER TABLE consents DROP COLUMN asked_again_at;
