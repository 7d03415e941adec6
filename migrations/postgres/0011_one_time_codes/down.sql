DROP TABLE code_requests;
DROP TABLE one_time_codes;
DROP TABLE owner_phones;
