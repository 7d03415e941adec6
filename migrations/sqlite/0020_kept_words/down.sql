DROP INDEX code_requests_hour;
ALTER TABLE support_plans DROP COLUMN visits_until;
ALTER TABLE ventures DROP COLUMN owner_said;
DROP TABLE erased_people;
