ALTER TABLE refresh_tokens DROP COLUMN acts_for;
DROP TABLE mandates;
