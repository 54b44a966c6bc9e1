/**
 * The database's shape, step by step. `PRAGMA user_version` counts the steps taken; a step that has shipped is never
 * edited. Times are RFC 3339 texts, JSON is text, durations are seconds.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE projects (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    repo_path  TEXT NOT NULL,
    prd_path   TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
  ) STRICT;

  CREATE TABLE sessions (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    project_id   TEXT NOT NULL REFERENCES projects (id),
    name         TEXT NOT NULL,
    name_key     TEXT NOT NULL UNIQUE, -- the name without regard to case
    instructions TEXT,
    status       TEXT NOT NULL CHECK (status IN ('active', 'ended')),
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    ended_at     TEXT,
    CHECK ((status = 'ended') = (ended_at IS NOT NULL))
  ) STRICT;

  CREATE TABLE queues (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    id            TEXT NOT NULL UNIQUE,
    session_id    TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    name          TEXT NOT NULL,
    name_key      TEXT NOT NULL UNIQUE,
    task_prefix   TEXT NOT NULL UNIQUE, -- AUTH in AUTH-7
    last_number   INTEGER NOT NULL DEFAULT 0, -- 7 when AUTH-7 was the last one
    instructions  TEXT,
    status        TEXT NOT NULL CHECK (status IN ('planned', 'active', 'idle', 'ended', 'archived')),
    archived_from TEXT CHECK (archived_from IN ('planned', 'active', 'idle', 'ended')),
    pause_reason  TEXT,
    paused_by     TEXT,
    resume_at     TEXT,
    settings      TEXT NOT NULL DEFAULT '{}',
    created_at    TEXT NOT NULL,
    updated_at    TEXT NOT NULL,
    ended_at      TEXT,
    archived_at   TEXT,
    CHECK ((status = 'archived') = (archived_from IS NOT NULL))
  ) STRICT;
  CREATE INDEX queues_by_session ON queues (session_id);
  CREATE INDEX queues_to_resume ON queues (resume_at) WHERE status = 'idle' AND resume_at IS NOT NULL;

  CREATE TABLE tasks (
    seq                 INTEGER PRIMARY KEY AUTOINCREMENT,
    id                  TEXT NOT NULL UNIQUE,
    friendly_id         TEXT NOT NULL UNIQUE,
    queue_id            TEXT NOT NULL REFERENCES queues (id) ON DELETE CASCADE,
    position            INTEGER NOT NULL, -- order in the lane: seq, unless it was moved to the front
    tool_name           TEXT NOT NULL,
    task_class          TEXT NOT NULL,
    payload             TEXT NOT NULL,
    status              TEXT NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed')),
    timeout             INTEGER NOT NULL CHECK (timeout > 0),
    warns_at            TEXT, -- claimed_at + limits.warn_factor * timeout
    stops_at            TEXT, -- claimed_at + limits.fail_factor * timeout
    attempts            INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    max_attempts        INTEGER NOT NULL DEFAULT 1 CHECK (max_attempts > 0),
    attempt             INTEGER, -- number of the current or last attempt
    not_before          TEXT,
    wait_reason         TEXT CHECK (wait_reason IN ('retry', 'limit', 'question', 'worker_lost')),
    worker_id           TEXT,
    created_at          TEXT NOT NULL,
    updated_at          TEXT NOT NULL,
    claimed_at          TEXT,
    started_at          TEXT,
    finished_at         TEXT,
    stale_warned_at     TEXT,
    cancel_requested_at TEXT,
    result_summary      TEXT,
    result_data         TEXT,
    exit_code           INTEGER,
    signal              TEXT,
    error_type          TEXT CHECK (error_type IN ('exit_code', 'signal', 'timeout', 'stalled', 'cancelled', 'spawn_failed',
                          'worker_lost', 'reported', 'check_failed', 'agent_error', 'invalid_payload')),
    error_message       TEXT,
    error_detail        TEXT,
    requeued_from       TEXT,
    idempotency_key     TEXT,
    review              TEXT CHECK (review IN ('unreviewed', 'accepted', 'rejected', 'requeued')),
    needs_review        INTEGER NOT NULL DEFAULT 0 CHECK (needs_review IN (0, 1)),
    review_note         TEXT,
    reviewed_at         TEXT,
    CHECK ((status = 'failed') = (error_type IS NOT NULL)),
    CHECK ((status IN ('succeeded', 'failed')) = (finished_at IS NOT NULL)),
    CHECK ((status IN ('succeeded', 'failed')) = (review IS NOT NULL)),
    CHECK (status <> 'succeeded' OR trim(coalesce(result_summary, '')) <> ''),
    CHECK (status <> 'running' OR (claimed_at IS NOT NULL AND attempt IS NOT NULL)),
    CHECK (status = 'queued' OR wait_reason IS NULL)
  ) STRICT;
  CREATE UNIQUE INDEX tasks_by_idempotency_key ON tasks (queue_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
  CREATE INDEX tasks_queued ON tasks (queue_id, position) WHERE status = 'queued';
  CREATE INDEX tasks_to_warn ON tasks (warns_at) WHERE status = 'running' AND stale_warned_at IS NULL;
  CREATE INDEX tasks_to_stop ON tasks (stops_at) WHERE status = 'running';
  CREATE INDEX tasks_to_purge ON tasks (finished_at) WHERE finished_at IS NOT NULL;
  CREATE INDEX tasks_by_queue_and_status ON tasks (queue_id, status);
  CREATE INDEX tasks_by_status ON tasks (status);
  CREATE INDEX tasks_to_review ON tasks (review) WHERE needs_review AND review = 'unreviewed';
  CREATE INDEX tasks_by_queue ON tasks (queue_id); -- ends in seq, as every index does: a lane's newest first

  -- Counted as rows change, so that no face has to scan a lane's history.
  CREATE TABLE queue_counts (
    queue_id TEXT NOT NULL REFERENCES queues (id) ON DELETE CASCADE,
    status   TEXT NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (queue_id, status)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER count_inserted_task AFTER INSERT ON tasks BEGIN
    INSERT INTO queue_counts VALUES (new.queue_id, new.status, 1)
      ON CONFLICT DO UPDATE SET count = count + 1;
  END;
  CREATE TRIGGER count_changed_task AFTER UPDATE OF status ON tasks WHEN old.status <> new.status BEGIN
    UPDATE queue_counts SET count = count - 1 WHERE queue_id = old.queue_id AND status = old.status;
    INSERT INTO queue_counts VALUES (new.queue_id, new.status, 1)
      ON CONFLICT DO UPDATE SET count = count + 1;
  END;
  CREATE TRIGGER count_deleted_task AFTER DELETE ON tasks BEGIN
    UPDATE queue_counts SET count = count - 1 WHERE queue_id = old.queue_id AND status = old.status;
  END;

  CREATE TABLE attempts (
    task_id        TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    number         INTEGER NOT NULL,
    charged        INTEGER NOT NULL DEFAULT 1 CHECK (charged IN (0, 1)),
    outcome        TEXT CHECK (outcome IN ('succeeded', 'failed', 'returned')), -- null while it runs
    worker_id      TEXT,
    runner_id      TEXT, -- who executes it; null for a worker outside
    claim_key      TEXT,
    process        TEXT, -- identity of the wrapper that runs it
    cwd            TEXT,
    command        TEXT,
    claimed_at     TEXT NOT NULL,
    started_at     TEXT,
    finished_at    TEXT,
    exit_code      INTEGER,
    signal         TEXT,
    error_type     TEXT,
    error_message  TEXT,
    error_detail   TEXT,
    result_summary TEXT,
    result_data    TEXT,
    warnings       TEXT NOT NULL DEFAULT '[]',
    stop_cause     TEXT CHECK (stop_cause IN ('cancelled', 'timeout', 'stalled')), -- known before the first signal
    stop           TEXT, -- what the stop took
    PRIMARY KEY (task_id, number),
    CHECK ((outcome IS NULL) = (finished_at IS NULL))
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX attempts_by_claim_key ON attempts (claim_key) WHERE claim_key IS NOT NULL;

  -- One row per lane that has a runner: the lease. The primary key of the queue makes a second one impossible.
  CREATE TABLE runners (
    queue_id     TEXT PRIMARY KEY REFERENCES queues (id) ON DELETE CASCADE,
    id           TEXT NOT NULL UNIQUE,
    worker_id    TEXT NOT NULL,
    mode         TEXT NOT NULL,
    process      TEXT NOT NULL,
    remote       INTEGER NOT NULL DEFAULT 0 CHECK (remote IN (0, 1)), -- it speaks to a server, and may be anywhere
    started_at   TEXT NOT NULL,
    heartbeat_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- A name may come from the file and from the user: the user's row wins, and a hidden one takes the file's away.
  CREATE TABLE task_classes (
    name        TEXT NOT NULL,
    source      TEXT NOT NULL CHECK (source IN ('file', 'user')),
    timeout     INTEGER NOT NULL CHECK (timeout > 0),
    description TEXT,
    hidden      INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
    PRIMARY KEY (name, source)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE tools (
    name        TEXT NOT NULL,
    source      TEXT NOT NULL CHECK (source IN ('file', 'user')),
    description TEXT,
    task_class  TEXT NOT NULL,
    timeout     INTEGER CHECK (timeout > 0),
    settings    TEXT NOT NULL DEFAULT '{}', -- agent, model, arguments
    hidden      INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),
    PRIMARY KEY (name, source)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE config (
    namespace  TEXT NOT NULL,
    key        TEXT NOT NULL,
    value      TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (namespace, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE prompts (
    id          TEXT PRIMARY KEY,
    command     TEXT NOT NULL,
    command_key TEXT NOT NULL UNIQUE,
    description TEXT,
    template    TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Every transition, in the transaction that made it. AUTOINCREMENT: a number never comes back, not after a purge either.
  CREATE TABLE audit_log (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    at          TEXT NOT NULL,
    event       TEXT NOT NULL,
    actor       TEXT NOT NULL,
    session_id  TEXT,
    queue_id    TEXT,
    task_id     TEXT,
    attempt     INTEGER,
    from_status TEXT,
    to_status   TEXT,
    data        TEXT
  ) STRICT;
  CREATE INDEX audit_log_by_task ON audit_log (task_id, seq) WHERE task_id IS NOT NULL;
  CREATE INDEX audit_log_by_queue ON audit_log (queue_id, seq) WHERE queue_id IS NOT NULL;
  `,
  `
  -- What the server's supervisor is to do with a lane, whatever its scope: keep a runner on it, or none.
  ALTER TABLE queues ADD COLUMN runner_wanted TEXT CHECK (runner_wanted IN ('on', 'off'));

  ALTER TABLE runners ADD COLUMN supervisor TEXT; -- identity of the process that starts it again when it dies
  ALTER TABLE runners ADD COLUMN done INTEGER NOT NULL DEFAULT 0; -- attempts it has brought to their end
  ALTER TABLE runners ADD COLUMN stop_requested_at TEXT; -- it is to go when its task has ended
  ALTER TABLE runners ADD COLUMN waiting_since TEXT; -- it has work, and waits for a place under limits.max_running

  ALTER TABLE tasks ADD COLUMN stalled_at TEXT; -- since when it seems to do nothing

  -- The server that keeps runners on lanes, and on which. One row at most.
  CREATE TABLE supervision (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    process    TEXT NOT NULL,
    scope      TEXT NOT NULL,
    started_at TEXT NOT NULL
  ) STRICT;

  -- What was told to the person, so that each thing is told once, whoever saw it first.
  CREATE TABLE notifications (
    seq   INTEGER NOT NULL, -- of the event in audit_log
    kind  TEXT NOT NULL,
    at    TEXT NOT NULL,
    error TEXT, -- how telling it failed
    PRIMARY KEY (seq, kind)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- The work tree that an agent's attempt has to itself while it runs: no two at once.
  ALTER TABLE attempts ADD COLUMN tree TEXT;
  ALTER TABLE attempts ADD COLUMN conversation_id TEXT;
  ALTER TABLE attempts ADD COLUMN agent TEXT; -- what its agent told of the run
  ALTER TABLE attempts ADD COLUMN agent_outcome TEXT; -- how that ended, told or not
  ALTER TABLE attempts ADD COLUMN changes TEXT; -- in its git work tree
  CREATE UNIQUE INDEX attempts_by_tree ON attempts (tree) WHERE tree IS NOT NULL AND outcome IS NULL;

  ALTER TABLE tasks ADD COLUMN cost_usd REAL;
  ALTER TABLE queues ADD COLUMN budget_from TEXT; -- a person resumed it after it had spent too much
  ALTER TABLE runners ADD COLUMN missing TEXT NOT NULL DEFAULT '[]'; -- tools whose programs it does not have

  -- Whether an agent's service takes work. A row for each that did not, once.
  CREATE TABLE providers (
    name           TEXT PRIMARY KEY,
    status         TEXT NOT NULL CHECK (status IN ('open', 'limited', 'paused')),
    because        TEXT CHECK (because IN ('usage_limit', 'overload', 'network', 'auth', 'billing', 'person')),
    message        TEXT,
    mend           TEXT,
    until          TEXT,
    since          TEXT,
    probes         INTEGER NOT NULL DEFAULT 0,
    canary_task_id TEXT, -- the one task that tries it once the time is up
    canary_attempt INTEGER,
    CHECK ((status = 'open') = (because IS NULL)),
    CHECK ((status = 'open') = (since IS NULL))
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE conversations (
    seq                 INTEGER PRIMARY KEY AUTOINCREMENT,
    id                  TEXT NOT NULL UNIQUE,
    queue_id            TEXT NOT NULL REFERENCES queues (id) ON DELETE CASCADE,
    agent               TEXT NOT NULL,
    host                TEXT NOT NULL,
    task_id             TEXT, -- whose alone it is; null: the lane's
    session_id          TEXT,
    begun               INTEGER NOT NULL DEFAULT 0 CHECK (begun IN (0, 1)),
    instructions        TEXT, -- of the lane, as last told in it
    telling             TEXT, -- the same, as the attempt that runs now tells them
    tasks               INTEGER NOT NULL DEFAULT 0,
    input_tokens        INTEGER NOT NULL DEFAULT 0,
    cached_input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens       INTEGER NOT NULL DEFAULT 0,
    cost_usd            REAL,
    created_at          TEXT NOT NULL,
    closed_at           TEXT,
    closed_because      TEXT,
    CHECK ((closed_at IS NULL) = (closed_because IS NULL))
  ) STRICT;
  CREATE UNIQUE INDEX conversations_open ON conversations (queue_id, agent, host, coalesce(task_id, ''))
    WHERE closed_at IS NULL;
  CREATE INDEX conversations_by_queue ON conversations (queue_id, agent, host);

  -- What agents' runs took. It outlives their tasks.
  CREATE TABLE spending (
    seq                 INTEGER PRIMARY KEY AUTOINCREMENT,
    at                  TEXT NOT NULL, -- when the run ended
    session_id          TEXT NOT NULL,
    queue_id            TEXT NOT NULL,
    task_id             TEXT NOT NULL,
    attempt             INTEGER NOT NULL,
    tool_name           TEXT NOT NULL,
    agent               TEXT NOT NULL,
    model               TEXT,
    input_tokens        INTEGER NOT NULL,
    cached_input_tokens INTEGER NOT NULL,
    output_tokens       INTEGER NOT NULL,
    cost_usd            REAL,
    UNIQUE (task_id, attempt)
  ) STRICT;
  CREATE INDEX spending_by_queue ON spending (queue_id, at);
  CREATE INDEX spending_by_time ON spending (at);

  CREATE TABLE patches (
    task_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    patch   TEXT NOT NULL,
    PRIMARY KEY (task_id, attempt),
    FOREIGN KEY (task_id, attempt) REFERENCES attempts (task_id, number) ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;

  -- The tools of the FRD are agents from now on, also where the file has not changed since.
  UPDATE tools SET settings = '{"agent":"claude","model":"haiku"}' WHERE name = 'llm-haiku' AND settings = '{}' AND source = 'file';
  UPDATE tools SET settings = '{"agent":"claude","model":"sonnet"}' WHERE name = 'llm-sonnet' AND settings = '{}' AND source = 'file';
  UPDATE tools SET settings = '{"agent":"codex"}' WHERE name = 'llm-codex' AND settings = '{}' AND source = 'file';
  `,
  `
  -- What workers asked the person.
  CREATE TABLE questions (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT NOT NULL UNIQUE,
    task_id     TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    attempt     INTEGER NOT NULL, -- the last one that asked it
    question    TEXT NOT NULL,
    options     TEXT NOT NULL DEFAULT '[]',
    asked_at    TEXT NOT NULL,
    answer      TEXT,
    answered_at TEXT,
    answered_by TEXT,
    CHECK ((answer IS NULL) = (answered_at IS NULL))
  ) STRICT;
  CREATE INDEX questions_by_task ON questions (task_id);
  CREATE INDEX questions_open ON questions (task_id) WHERE answer IS NULL;

  -- The process that a claim lives and dies with: a worker outside, on this machine.
  ALTER TABLE attempts ADD COLUMN bound TEXT;
  CREATE INDEX attempts_bound ON attempts (task_id) WHERE bound IS NOT NULL AND outcome IS NULL;
  `,
]
