ALTER TABLE criteria DROP COLUMN drafts_for;
ALTER TABLE criteria DROP COLUMN draft_every_days;
