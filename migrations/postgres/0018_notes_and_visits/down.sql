DROP TABLE list_visits;
DROP TABLE match_notes;
