-- How far a match has ever come on the way from a suggestion to support that was given, however it ended.
ALTER TABLE matches ADD COLUMN furthest TEXT COLLATE "C" NOT NULL DEFAULT 'suggested';
UPDATE matches SET furthest = CASE
    WHEN state = 'fulfilled' THEN 'fulfilled'
    WHEN 'committed' IN (state, COALESCE(before, '')) OR received_at IS NOT NULL THEN 'committed'
    WHEN investor_tap_at IS NOT NULL THEN 'in_discussion'
    WHEN crosses_at IS NOT NULL OR delete_by IS NOT NULL THEN 'introduced'
    WHEN asked_at IS NOT NULL THEN 'awaiting_owner'
    WHEN requested_at IS NOT NULL THEN 'requested'
    WHEN 'shortlisted' IN (state, COALESCE(before, '')) THEN 'shortlisted'
    ELSE 'suggested'
END;
