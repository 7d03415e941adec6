-- Answers given to requests with an Idempotency-Key, so that a repeated request gets the same one. `sealed` is the
-- encrypted answer; `fingerprint` tells whether it is the same request.
CREATE TABLE idempotency (
    principal TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    sealed BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (principal, key_hash)
) STRICT;
CREATE INDEX idempotency_created_at ON idempotency (created_at);

-- Failed sign-ins of the last minutes, by the keyed hash of an account's name or of an address.
CREATE TABLE sign_in_failures (
    subject TEXT NOT NULL,
    minute INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    PRIMARY KEY (subject, minute)
) STRICT;
CREATE INDEX sign_in_failures_minute ON sign_in_failures (minute);
