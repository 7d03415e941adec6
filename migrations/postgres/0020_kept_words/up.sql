-- People who were erased with their businesses: a keyed hash of their number in the cohort's papers, so that no sheet brings them back.
CREATE TABLE erased_people (
    gravestone TEXT COLLATE "C" PRIMARY KEY,
    cohort_id TEXT COLLATE "C" NOT NULL REFERENCES cohorts (id)
);
CREATE INDEX erased_people_cohort ON erased_people (cohort_id);

-- Which parts of the profile the owner has said; a sheet does not take them back. Names with commas between them.
ALTER TABLE ventures ADD COLUMN owner_said TEXT COLLATE "C" NOT NULL DEFAULT '';

-- The last day of a visit that nobody has written about: until then the plan is open for it.
ALTER TABLE support_plans ADD COLUMN visits_until TEXT COLLATE "C";

CREATE INDEX code_requests_hour ON code_requests (hour);
