-- Where somebody wants to be told: an investor's own address, or the programme's where `investor_id` is null. `events` are
-- the names of what to tell, with commas between them. `stopped` says why nothing is sent at the moment. The secrets are
-- encrypted; the earlier one signs too until its time is over. `given_up` counts deliveries in a row that never arrived.
CREATE TABLE webhooks (
    id TEXT COLLATE "C" PRIMARY KEY,
    investor_id TEXT COLLATE "C" REFERENCES investors (id),
    url TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    events TEXT COLLATE "C" NOT NULL,
    stopped TEXT COLLATE "C",
    secret BYTEA NOT NULL,
    earlier_secret BYTEA,
    earlier_until BIGINT,
    given_up INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX webhooks_investor ON webhooks (investor_id);

-- What is on its way out, in commit order, written by the deed that it tells of. `lane` is where it goes: the id of a
-- webhook. `event` names what happened. Items of one lane with the same `subject` go one after the other. Whoever has an
-- item on its way leases it; a lease that has run out belongs to nobody. `status` and `failure` are of the last attempt.
CREATE TABLE outbox (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL UNIQUE,
    lane TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C",
    subject TEXT COLLATE "C" NOT NULL,
    payload TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT,
    status INTEGER,
    failure TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX outbox_lane ON outbox (lane, seq);
CREATE INDEX outbox_waiting ON outbox (lane, subject, seq) WHERE state = 'waiting';
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'waiting';
CREATE INDEX outbox_age ON outbox (created_at);
