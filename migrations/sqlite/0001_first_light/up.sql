-- One row. Every write transaction takes it first, so that commit order, the change log's numbers and
-- the audit chain agree.
CREATE TABLE write_gate (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    change_seq INTEGER NOT NULL,
    audit_seq INTEGER NOT NULL,
    audit_hash TEXT NOT NULL
) STRICT;
INSERT INTO write_gate (id, change_seq, audit_seq, audit_hash) VALUES (1, 0, 0, '');

-- What rankable data changed, in commit order. The newest number is the data version.
CREATE TABLE change_log (
    seq INTEGER PRIMARY KEY,
    venture_id TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- Who did what to what: ids and salted digests only, each row bound to the one before by its hash.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX audit_subject ON audit (subject);

-- Destroying a subject's salt makes its digests say nothing.
CREATE TABLE audit_salts (
    subject TEXT PRIMARY KEY,
    salt BLOB NOT NULL
) STRICT;

CREATE TABLE cohorts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- `sealed` is the encrypted private part: contacts, address, numbers of legal papers.
CREATE TABLE ventures (
    id TEXT PRIMARY KEY,
    cohort_id TEXT NOT NULL REFERENCES cohorts (id),
    external_ref TEXT NOT NULL,
    name TEXT NOT NULL,
    profile TEXT NOT NULL,
    sealed BLOB NOT NULL,
    content_hash TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (cohort_id, external_ref)
) STRICT;

CREATE TABLE participants (
    id TEXT PRIMARY KEY,
    cohort_id TEXT NOT NULL REFERENCES cohorts (id),
    external_ref TEXT NOT NULL,
    venture_id TEXT REFERENCES ventures (id),
    kind TEXT,
    attendance TEXT,
    adult INTEGER,
    sealed BLOB NOT NULL,
    nik_hash TEXT,
    content_hash TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (cohort_id, external_ref)
) STRICT;
CREATE INDEX participants_venture ON participants (venture_id);
CREATE INDEX participants_nik ON participants (nik_hash);

CREATE TABLE consents (
    venture_id TEXT NOT NULL REFERENCES ventures (id),
    purpose TEXT NOT NULL,
    text_version TEXT NOT NULL,
    lang TEXT NOT NULL,
    method TEXT NOT NULL,
    reference TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    withdrawn_at INTEGER,
    PRIMARY KEY (venture_id, purpose, given_at)
) STRICT;

CREATE TABLE rubrics (
    id TEXT PRIMARY KEY,
    latest INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Immutable once published.
CREATE TABLE rubric_versions (
    rubric_id TEXT NOT NULL REFERENCES rubrics (id),
    number INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'retired')),
    document TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    published_at INTEGER,
    PRIMARY KEY (rubric_id, number)
) STRICT;

-- One assessor's ratings of one venture; `ratings` is canonical JSON by indicator code.
CREATE TABLE assessments (
    id TEXT PRIMARY KEY,
    venture_id TEXT NOT NULL REFERENCES ventures (id),
    rubric_id TEXT NOT NULL,
    rubric_number INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('baseline', 'follow_up')),
    assessor TEXT NOT NULL,
    entered_by TEXT NOT NULL,
    assessed_on TEXT,
    ratings TEXT NOT NULL,
    submitted_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (venture_id, kind, assessor),
    FOREIGN KEY (rubric_id, rubric_number) REFERENCES rubric_versions (rubric_id, number)
) STRICT;

-- What the ratings of all assessors come to; canonical JSON, integers inside.
CREATE TABLE outcomes (
    venture_id TEXT PRIMARY KEY REFERENCES ventures (id),
    rubric_id TEXT NOT NULL,
    rubric_number INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    finalised_at INTEGER NOT NULL,
    FOREIGN KEY (rubric_id, rubric_number) REFERENCES rubric_versions (rubric_id, number)
) STRICT;

CREATE TABLE imports (
    id TEXT PRIMARY KEY,
    cohort_id TEXT NOT NULL REFERENCES cohorts (id),
    state TEXT NOT NULL CHECK (state IN ('receiving', 'queued', 'running', 'applied', 'refused')),
    mode TEXT NOT NULL CHECK (mode IN ('all_or_nothing', 'valid_rows')),
    dry_run INTEGER NOT NULL,
    file_name TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    rows_total INTEGER NOT NULL,
    rows_done INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    errors_total INTEGER NOT NULL,
    applied_to TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;

-- Rows that wait to be applied, encrypted; gone when the import has ended.
CREATE TABLE import_rows (
    import_id TEXT NOT NULL REFERENCES imports (id),
    row_no INTEGER NOT NULL,
    group_key TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (import_id, row_no)
) STRICT;
CREATE INDEX import_rows_group ON import_rows (import_id, group_key, row_no);

-- Ventures that an import in progress has written. They become rankable together, when it has ended.
CREATE TABLE import_touched (
    venture_id TEXT PRIMARY KEY REFERENCES ventures (id),
    import_id TEXT NOT NULL REFERENCES imports (id)
) STRICT;
CREATE INDEX import_touched_import ON import_touched (import_id);

CREATE TABLE import_errors (
    import_id TEXT NOT NULL REFERENCES imports (id),
    seq INTEGER NOT NULL,
    row_no INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    value TEXT NOT NULL,
    code TEXT NOT NULL,
    detail_id TEXT NOT NULL,
    detail_en TEXT NOT NULL,
    PRIMARY KEY (import_id, seq)
) STRICT;

CREATE TABLE investors (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    capacity INTEGER NOT NULL CHECK (capacity >= 0),
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    username TEXT UNIQUE,
    password_hash TEXT,
    role TEXT NOT NULL CHECK (role IN ('admin', 'staff', 'assessor', 'investor', 'auditor', 'owner')),
    investor_id TEXT REFERENCES investors (id),
    venture_id TEXT UNIQUE REFERENCES ventures (id),
    disabled_at INTEGER,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Keyed hashes of the codes that owners carry home on paper.
CREATE TABLE claim_codes (
    code_hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    replaced_at INTEGER
) STRICT;
CREATE INDEX claim_codes_user ON claim_codes (user_id);

-- Refresh tokens, by keyed hash. All successors of one sign-in are a family.
CREATE TABLE refresh_tokens (
    token_hash TEXT PRIMARY KEY,
    family TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id),
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    revoked_at INTEGER
) STRICT;
CREATE INDEX refresh_tokens_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id);

CREATE TABLE criteria (
    id TEXT PRIMARY KEY,
    investor_id TEXT NOT NULL REFERENCES investors (id),
    latest INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX criteria_investor ON criteria (investor_id);

-- `document` is canonical JSON. The seed of the lottery is drawn at the first publication.
CREATE TABLE criteria_versions (
    criteria_id TEXT NOT NULL REFERENCES criteria (id),
    number INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'approved', 'published')),
    document TEXT NOT NULL,
    author TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    approved_by TEXT,
    approved_at INTEGER,
    published_by TEXT,
    published_at INTEGER,
    seed TEXT,
    PRIMARY KEY (criteria_id, number)
) STRICT;

-- `inputs` is what the ranking read, compressed, so that the list can be made again years later.
CREATE TABLE match_lists (
    id TEXT PRIMARY KEY,
    criteria_id TEXT NOT NULL,
    criteria_number INTEGER NOT NULL,
    investor_id TEXT NOT NULL REFERENCES investors (id),
    cohort_id TEXT REFERENCES cohorts (id),
    state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'superseded')),
    data_version INTEGER NOT NULL,
    seed TEXT NOT NULL,
    engine_version TEXT NOT NULL,
    inputs BLOB NOT NULL,
    inputs_hash TEXT NOT NULL,
    output_hash TEXT NOT NULL,
    entries_total INTEGER NOT NULL,
    summary TEXT NOT NULL,
    made_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    published_by TEXT,
    published_at INTEGER,
    superseded_by TEXT,
    version INTEGER NOT NULL,
    FOREIGN KEY (criteria_id, criteria_number) REFERENCES criteria_versions (criteria_id, number)
) STRICT;
CREATE INDEX match_lists_investor ON match_lists (investor_id, state);
CREATE INDEX match_lists_criteria ON match_lists (criteria_id, state);

-- `result` is the engine's full result, `card` the face printed for the investor; both canonical JSON.
CREATE TABLE match_list_entries (
    list_id TEXT NOT NULL REFERENCES match_lists (id),
    position INTEGER NOT NULL,
    venture_id TEXT NOT NULL REFERENCES ventures (id),
    result TEXT NOT NULL,
    card TEXT NOT NULL,
    PRIMARY KEY (list_id, position)
) STRICT;
CREATE INDEX match_list_entries_venture ON match_list_entries (venture_id);
