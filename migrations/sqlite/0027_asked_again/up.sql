-- When the owner was asked again for a consent that is about to lapse.
ALTER TABLE consents ADD COLUMN asked_again_at INTEGER;
