UPDATE data_requests SET state = 'answered' WHERE state = 'lifted';
ALTER TABLE data_requests DROP COLUMN lifted_at;
