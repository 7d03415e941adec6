-- When what an owner had asked stopped holding, on the owner's word. What was granted holds until then.
ALTER TABLE data_requests ADD COLUMN lifted_at INTEGER;

-- Until now an answer ended what was asked.
UPDATE data_requests SET state = 'lifted', lifted_at = resolved_at WHERE kind IN ('restrict', 'erase') AND state = 'answered';
