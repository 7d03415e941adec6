-- One row. Every write transaction takes it first, so that commit order, the change log's numbers and
-- the audit chain agree.
CREATE TABLE write_gate (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    change_seq BIGINT NOT NULL,
    audit_seq BIGINT NOT NULL,
    audit_hash TEXT COLLATE "C" NOT NULL
);
INSERT INTO write_gate (id, change_seq, audit_seq, audit_hash) VALUES (1, 0, 0, '');

-- What rankable data changed, in commit order. The newest number is the data version.
CREATE TABLE change_log (
    seq BIGINT PRIMARY KEY,
    venture_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);

-- Who did what to what: ids and salted digests only, each row bound to the one before by its hash.
CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_subject ON audit (subject);

-- Destroying a subject's salt makes its digests say nothing.
CREATE TABLE audit_salts (
    subject TEXT COLLATE "C" PRIMARY KEY,
    salt BYTEA NOT NULL
);

CREATE TABLE cohorts (
    id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    starts_on TEXT COLLATE "C" NOT NULL,
    ends_on TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);

-- `sealed` is the encrypted private part: contacts, address, numbers of legal papers.
CREATE TABLE ventures (
    id TEXT COLLATE "C" PRIMARY KEY,
    cohort_id TEXT COLLATE "C" NOT NULL REFERENCES cohorts (id),
    external_ref TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    profile TEXT COLLATE "C" NOT NULL,
    sealed BYTEA NOT NULL,
    content_hash TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (cohort_id, external_ref)
);

CREATE TABLE participants (
    id TEXT COLLATE "C" PRIMARY KEY,
    cohort_id TEXT COLLATE "C" NOT NULL REFERENCES cohorts (id),
    external_ref TEXT COLLATE "C" NOT NULL,
    venture_id TEXT COLLATE "C" REFERENCES ventures (id),
    kind TEXT COLLATE "C",
    attendance TEXT COLLATE "C",
    adult BOOLEAN,
    sealed BYTEA NOT NULL,
    nik_hash TEXT COLLATE "C",
    content_hash TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (cohort_id, external_ref)
);
CREATE INDEX participants_venture ON participants (venture_id);
CREATE INDEX participants_nik ON participants (nik_hash);

CREATE TABLE consents (
    venture_id TEXT COLLATE "C" NOT NULL REFERENCES ventures (id),
    purpose TEXT COLLATE "C" NOT NULL,
    text_version TEXT COLLATE "C" NOT NULL,
    lang TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    reference TEXT COLLATE "C" NOT NULL,
    given_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    PRIMARY KEY (venture_id, purpose, given_at)
);

CREATE TABLE rubrics (
    id TEXT COLLATE "C" PRIMARY KEY,
    latest INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);

-- Immutable once published.
CREATE TABLE rubric_versions (
    rubric_id TEXT COLLATE "C" NOT NULL REFERENCES rubrics (id),
    number INTEGER NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
    document TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    published_at BIGINT,
    PRIMARY KEY (rubric_id, number)
);

-- One assessor's ratings of one venture; `ratings` is canonical JSON by indicator code.
CREATE TABLE assessments (
    id TEXT COLLATE "C" PRIMARY KEY,
    venture_id TEXT COLLATE "C" NOT NULL REFERENCES ventures (id),
    rubric_id TEXT COLLATE "C" NOT NULL,
    rubric_number INTEGER NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('baseline', 'follow_up')),
    assessor TEXT COLLATE "C" NOT NULL,
    entered_by TEXT COLLATE "C" NOT NULL,
    assessed_on TEXT COLLATE "C",
    ratings TEXT COLLATE "C" NOT NULL,
    submitted_at BIGINT NOT NULL,
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (venture_id, kind, assessor),
    FOREIGN KEY (rubric_id, rubric_number) REFERENCES rubric_versions (rubric_id, number)
);

-- What the ratings of all assessors come to; canonical JSON, integers inside.
CREATE TABLE outcomes (
    venture_id TEXT COLLATE "C" PRIMARY KEY REFERENCES ventures (id),
    rubric_id TEXT COLLATE "C" NOT NULL,
    rubric_number INTEGER NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    finalised_at BIGINT NOT NULL,
    FOREIGN KEY (rubric_id, rubric_number) REFERENCES rubric_versions (rubric_id, number)
);

CREATE TABLE imports (
    id TEXT COLLATE "C" PRIMARY KEY,
    cohort_id TEXT COLLATE "C" NOT NULL REFERENCES cohorts (id),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('receiving', 'queued', 'running', 'applied', 'refused')),
    mode TEXT COLLATE "C" NOT NULL CHECK (mode IN ('all_or_nothing', 'valid_rows')),
    dry_run BOOLEAN NOT NULL,
    file_name TEXT COLLATE "C" NOT NULL,
    file_hash TEXT COLLATE "C" NOT NULL,
    rows_total BIGINT NOT NULL,
    rows_done BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    errors_total BIGINT NOT NULL,
    applied_to TEXT COLLATE "C" NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);

-- Rows that wait to be applied, encrypted; gone when the import has ended.
CREATE TABLE import_rows (
    import_id TEXT COLLATE "C" NOT NULL REFERENCES imports (id),
    row_no BIGINT NOT NULL,
    group_key TEXT COLLATE "C" NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (import_id, row_no)
);
CREATE INDEX import_rows_group ON import_rows (import_id, group_key, row_no);

-- Ventures that an import in progress has written. They become rankable together, when it has ended.
CREATE TABLE import_touched (
    venture_id TEXT COLLATE "C" PRIMARY KEY REFERENCES ventures (id),
    import_id TEXT COLLATE "C" NOT NULL REFERENCES imports (id)
);
CREATE INDEX import_touched_import ON import_touched (import_id);

CREATE TABLE import_errors (
    import_id TEXT COLLATE "C" NOT NULL REFERENCES imports (id),
    seq BIGINT NOT NULL,
    row_no BIGINT NOT NULL,
    column_name TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    detail_id TEXT COLLATE "C" NOT NULL,
    detail_en TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (import_id, seq)
);

CREATE TABLE investors (
    id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    capacity INTEGER NOT NULL CHECK (capacity >= 0),
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id TEXT COLLATE "C" PRIMARY KEY,
    username TEXT COLLATE "C" UNIQUE,
    password_hash TEXT COLLATE "C",
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('admin', 'staff', 'assessor', 'investor', 'auditor', 'owner')),
    investor_id TEXT COLLATE "C" REFERENCES investors (id),
    venture_id TEXT COLLATE "C" UNIQUE REFERENCES ventures (id),
    disabled_at BIGINT,
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);

-- Keyed hashes of the codes that owners carry home on paper.
CREATE TABLE claim_codes (
    code_hash TEXT COLLATE "C" PRIMARY KEY,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    replaced_at BIGINT
);
CREATE INDEX claim_codes_user ON claim_codes (user_id);

-- Refresh tokens, by keyed hash. All successors of one sign-in are a family.
CREATE TABLE refresh_tokens (
    token_hash TEXT COLLATE "C" PRIMARY KEY,
    family TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id),
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);

CREATE TABLE criteria (
    id TEXT COLLATE "C" PRIMARY KEY,
    investor_id TEXT COLLATE "C" NOT NULL REFERENCES investors (id),
    latest INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX criteria_investor ON criteria (investor_id);

-- `document` is canonical JSON. The seed of the lottery is drawn at the first publication.
CREATE TABLE criteria_versions (
    criteria_id TEXT COLLATE "C" NOT NULL REFERENCES criteria (id),
    number INTEGER NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'approved', 'published')),
    document TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    approved_by TEXT COLLATE "C",
    approved_at BIGINT,
    published_by TEXT COLLATE "C",
    published_at BIGINT,
    seed TEXT COLLATE "C",
    PRIMARY KEY (criteria_id, number)
);

-- `inputs` is what the ranking read, compressed, so that the list can be made again years later.
CREATE TABLE match_lists (
    id TEXT COLLATE "C" PRIMARY KEY,
    criteria_id TEXT COLLATE "C" NOT NULL,
    criteria_number INTEGER NOT NULL,
    investor_id TEXT COLLATE "C" NOT NULL REFERENCES investors (id),
    cohort_id TEXT COLLATE "C" REFERENCES cohorts (id),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'published', 'superseded')),
    data_version BIGINT NOT NULL,
    seed TEXT COLLATE "C" NOT NULL,
    engine_version TEXT COLLATE "C" NOT NULL,
    inputs BYTEA NOT NULL,
    inputs_hash TEXT COLLATE "C" NOT NULL,
    output_hash TEXT COLLATE "C" NOT NULL,
    entries_total INTEGER NOT NULL,
    summary TEXT COLLATE "C" NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    published_by TEXT COLLATE "C",
    published_at BIGINT,
    superseded_by TEXT COLLATE "C",
    version INTEGER NOT NULL,
    FOREIGN KEY (criteria_id, criteria_number) REFERENCES criteria_versions (criteria_id, number)
);
CREATE INDEX match_lists_investor ON match_lists (investor_id, state);
CREATE INDEX match_lists_criteria ON match_lists (criteria_id, state);

-- `result` is the engine's full result, `card` the face printed for the investor; both canonical JSON.
CREATE TABLE match_list_entries (
    list_id TEXT COLLATE "C" NOT NULL REFERENCES match_lists (id),
    position INTEGER NOT NULL,
    venture_id TEXT COLLATE "C" NOT NULL REFERENCES ventures (id),
    result TEXT COLLATE "C" NOT NULL,
    card TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (list_id, position)
);
CREATE INDEX match_list_entries_venture ON match_list_entries (venture_id);
