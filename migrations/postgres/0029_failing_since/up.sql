-- Since when messages to a webhook have been given up one after the other: those wait again when it is enabled again.
ALTER TABLE webhooks ADD COLUMN failing_since BIGINT;
