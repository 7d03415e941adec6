-- Lists of these criteria are drafted every so many days, in the name of whoever has wished so.
ALTER TABLE criteria ADD COLUMN draft_every_days INTEGER;
ALTER TABLE criteria ADD COLUMN drafts_for TEXT COLLATE "C";
