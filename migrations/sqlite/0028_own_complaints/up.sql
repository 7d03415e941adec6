-- What an owner complains about, where the owner has written the complaint.
ALTER TABLE complaints ADD COLUMN about TEXT;
