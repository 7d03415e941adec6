-- Phones that owners have confirmed: a keyed hash to find one by, and the number, encrypted. A phone opens one account.
CREATE TABLE owner_phones (
    user_id TEXT COLLATE "C" PRIMARY KEY REFERENCES users (id),
    phone_hash TEXT COLLATE "C" NOT NULL UNIQUE,
    phone BYTEA NOT NULL,
    confirmed_at BIGINT NOT NULL
);

-- Codes sent to phones, by keyed hash. The id is that of the message which carries the code; the number it goes to is encrypted.
CREATE TABLE one_time_codes (
    id TEXT COLLATE "C" PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    purpose TEXT COLLATE "C" NOT NULL,
    phone BYTEA NOT NULL,
    code_hash TEXT COLLATE "C" NOT NULL,
    tries INTEGER NOT NULL,
    used_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX one_time_codes_user ON one_time_codes (user_id, purpose, created_at);
CREATE INDEX one_time_codes_age ON one_time_codes (created_at);

-- How often codes were asked for to a number, known or not, by the hour.
CREATE TABLE code_requests (
    phone_hash TEXT COLLATE "C" NOT NULL,
    hour BIGINT NOT NULL,
    requests INTEGER NOT NULL,
    PRIMARY KEY (phone_hash, hour)
);
