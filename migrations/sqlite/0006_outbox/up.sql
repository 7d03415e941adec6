-- Where somebody wants to be told: an investor's own address, or the programme's where `investor_id` is null. `events` are
-- the names of what to tell, with commas between them. `stopped` says why nothing is sent at the moment. The secrets are
-- encrypted; the earlier one signs too until its time is over. `given_up` counts deliveries in a row that never arrived.
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    investor_id TEXT REFERENCES investors (id),
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    events TEXT NOT NULL,
    stopped TEXT,
    secret BLOB NOT NULL,
    earlier_secret BLOB,
    earlier_until INTEGER,
    given_up INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX webhooks_investor ON webhooks (investor_id);

-- What is on its way out, in commit order, written by the deed that it tells of. `lane` is where it goes: the id of a
-- webhook. `event` names what happened. Items of one lane with the same `subject` go one after the other. Whoever has an
-- item on its way leases it; a lease that has run out belongs to nobody. `status` and `failure` are of the last attempt.
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    event TEXT,
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    leased_until INTEGER,
    status INTEGER,
    failure TEXT,
    created_at INTEGER NOT NULL,
    settled_at INTEGER
) STRICT;
CREATE INDEX outbox_lane ON outbox (lane, seq);
CREATE INDEX outbox_waiting ON outbox (lane, subject, seq) WHERE state = 'waiting';
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'waiting';
CREATE INDEX outbox_age ON outbox (created_at);
