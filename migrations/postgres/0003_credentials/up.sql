-- Who an account is to another issuer of tokens.
ALTER TABLE users ADD COLUMN issuer TEXT COLLATE "C";
ALTER TABLE users ADD COLUMN subject TEXT COLLATE "C";
CREATE UNIQUE INDEX users_identity ON users (issuer, subject);

-- Accounts of programs: what they may do, of all that their role may, and the keyed hash of the token they do it with.
CREATE TABLE service_tokens (
    user_id TEXT COLLATE "C" PRIMARY KEY REFERENCES users (id),
    name TEXT COLLATE "C" NOT NULL,
    token_hash TEXT COLLATE "C" NOT NULL UNIQUE,
    operations TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL
);
