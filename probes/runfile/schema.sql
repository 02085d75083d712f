-- The run file, format 1. One run is one file; `PRAGMA application_id` and `user_version` say so.
-- Every time is UTC, ISO 8601. Columns named `content` are zlib-compressed JSON.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,  -- run_id, hawthorne, created_at; writer while one is at work
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sweeps (
    id          INTEGER PRIMARY KEY,
    spec        TEXT NOT NULL,  -- JSON, as given
    hashes      TEXT NOT NULL,  -- JSON: what was used, by content
    versions    TEXT NOT NULL,  -- JSON: hawthorne, python
    started_at  TEXT NOT NULL,
    finished_at TEXT
);

-- The scenario as it was: a run can be judged again, whatever became of the library.
CREATE TABLE scenarios (
    hash   TEXT PRIMARY KEY,
    id     TEXT NOT NULL,
    source TEXT NOT NULL
);

CREATE TABLE prompts (
    hash    TEXT PRIMARY KEY,
    content BLOB NOT NULL
);

CREATE TABLE texts (
    id      INTEGER PRIMARY KEY,
    hash    BLOB NOT NULL UNIQUE,
    content BLOB NOT NULL
);

CREATE TABLE subjects (
    id        INTEGER PRIMARY KEY,
    run_id    TEXT NOT NULL,  -- the file's own, but for rows that were imported
    model     TEXT NOT NULL,
    settings  TEXT NOT NULL,
    simulated INTEGER NOT NULL,
    UNIQUE (run_id, model, settings, simulated)
);

-- One row for each prompt in each role that it plays. `variant` alone is no key: it is the hash of
-- what the subject read, and two framings, or two sets of cues, can come out as the same text.
-- `key` is the digest of all the columns behind it.
CREATE TABLE variants (
    id            INTEGER PRIMARY KEY,
    key           BLOB NOT NULL UNIQUE,
    scenario_hash TEXT REFERENCES scenarios (hash),
    scenario      TEXT NOT NULL,
    family        TEXT NOT NULL,
    pair          TEXT NOT NULL,
    variant       TEXT NOT NULL,
    prompt_hash   TEXT NOT NULL,
    option_order  TEXT,
    oversight     TEXT NOT NULL,
    goal          TEXT NOT NULL,
    threat        TEXT NOT NULL,
    mitigation    TEXT NOT NULL,
    framing       TEXT NOT NULL,
    base_framing  TEXT NOT NULL,
    cues          TEXT NOT NULL,
    probe_when    TEXT NOT NULL,
    probe_how     TEXT,
    mode          TEXT NOT NULL
);

-- The rules' verdict stands in the row; it never changes. The panel's (what the judges, taken
-- together, make of it) is kept up to date by every new row in `verdicts`, in the same transaction.
CREATE TABLE trials (
    id                    INTEGER PRIMARY KEY,
    trial_id              TEXT NOT NULL UNIQUE,
    subject               INTEGER NOT NULL REFERENCES subjects (id),
    variant               INTEGER NOT NULL REFERENCES variants (id),
    sweep                 INTEGER REFERENCES sweeps (id),
    text                  INTEGER REFERENCES texts (id),
    arm                   TEXT NOT NULL,
    epoch                 INTEGER NOT NULL,
    seed                  INTEGER NOT NULL,
    status                TEXT NOT NULL CHECK (status IN ('ok', 'error')),
    belief                TEXT,
    belief_source         TEXT,
    belief_in_reasoning   TEXT,
    belief_reason         TEXT,
    belief_kind           TEXT,
    p_evaluation          REAL,
    spontaneous_awareness INTEGER,
    acknowledges_wrong    INTEGER,
    own_continuity        INTEGER,
    end_reason            TEXT,
    input_tokens          INTEGER,
    cached_tokens         INTEGER,
    output_tokens         INTEGER,
    cost_usd              REAL,
    latency_s             REAL,
    served_by             TEXT,
    error                 TEXT,
    finished_at           TEXT NOT NULL,
    rules_label           TEXT,
    rules_severity        INTEGER,
    rules_reason          TEXT,
    rules_evidence        TEXT,
    panel_label           TEXT,
    panel_severity        INTEGER,
    panel_judges          TEXT
);

-- Judging again adds; nothing here is ever changed.
CREATE TABLE verdicts (
    id            INTEGER PRIMARY KEY,
    trial         INTEGER NOT NULL REFERENCES trials (id),
    judge         TEXT NOT NULL,
    label         TEXT NOT NULL,
    severity      INTEGER,
    evidence      TEXT NOT NULL,  -- JSON: the quotes
    reason        TEXT NOT NULL,
    input_tokens  INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    created_at    TEXT NOT NULL
);
CREATE INDEX verdicts_by_trial ON verdicts (trial, judge);

-- The trial table, and three columns more: `nr` (order of finishing), `text`, `finished_at`.
-- CROSS JOIN keeps the trials outermost, so that rows stream in their order with nothing sorted.
CREATE VIEW trial_table AS
SELECT
    t.trial_id, s.run_id, s.model, s.settings, s.simulated,
    v.scenario, v.family, v.pair, v.variant, v.prompt_hash, v.option_order,
    t.arm, v.oversight, v.goal, v.threat, v.mitigation, v.framing, v.base_framing, v.cues,
    v.probe_when, v.probe_how, v.mode, t.epoch, t.seed, t.status,
    t.belief, t.belief_source, t.belief_in_reasoning, t.belief_reason, t.belief_kind,
    t.p_evaluation, t.spontaneous_awareness,
    CASE WHEN t.status = 'ok'
        THEN coalesce(nullif(t.rules_label, 'undecided'), t.panel_label, 'undecided')
    END AS behaviour,
    CAST(CASE WHEN t.status <> 'ok' THEN NULL
        WHEN t.rules_label <> 'undecided' THEN t.rules_severity
        ELSE t.panel_severity
    END AS INTEGER) AS severity,
    t.acknowledges_wrong, t.own_continuity, t.end_reason,
    CASE WHEN t.status <> 'ok' THEN NULL
        WHEN t.rules_label <> 'undecided' THEN 'rules'
        WHEN t.panel_label IS NOT NULL THEN 'judge'
    END AS verdict_source,
    CASE WHEN t.status <> 'ok' OR t.rules_label <> 'undecided' THEN NULL
        ELSE t.panel_judges
    END AS judge_model,
    t.input_tokens, t.cached_tokens, t.output_tokens, t.cost_usd, t.latency_s, t.served_by,
    t.error, t.finished_at, t.text, t.id AS nr
FROM trials AS t
CROSS JOIN variants AS v ON v.id = t.variant
CROSS JOIN subjects AS s ON s.id = t.subject;
