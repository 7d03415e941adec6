-- What an ended import last applied says whose number that was.
UPDATE imports SET applied_to = '' WHERE finished_at IS NOT NULL;
