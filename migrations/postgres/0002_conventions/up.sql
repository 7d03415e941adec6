-- Answers given to requests with an Idempotency-Key, so that a repeated request gets the same one. `sealed` is the
-- encrypted answer; `fingerprint` tells whether it is the same request.
CREATE TABLE idempotency (
    principal TEXT COLLATE "C" NOT NULL,
    key_hash TEXT COLLATE "C" NOT NULL,
    fingerprint TEXT COLLATE "C" NOT NULL,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (principal, key_hash)
);
CREATE INDEX idempotency_created_at ON idempotency (created_at);

-- Failed sign-ins of the last minutes, by the keyed hash of an account's name or of an address.
CREATE TABLE sign_in_failures (
    subject TEXT COLLATE "C" NOT NULL,
    minute BIGINT NOT NULL,
    failures INTEGER NOT NULL,
    PRIMARY KEY (subject, minute)
);
CREATE INDEX sign_in_failures_minute ON sign_in_failures (minute);
