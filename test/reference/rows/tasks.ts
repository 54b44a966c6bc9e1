import assert from 'node:assert/strict'
import { bad, good, json, type Place, type Row } from '../row.ts'

export const files = {
  'scripts/hi.sh': '#!/bin/sh\necho hi "$@"\n',
  'prompt.md': 'Fix the login test.\n',
  'payload.json': '{"command": "make"}',
  'sub/here.txt': '',
  'tonight.md': '- [ ] Tidy up\n- [ ] Write it down\n',
  'plan.txt': 'tool: run-bash\ntasks:\n  - command: make a\n  - command: make b\n',
  'broken.md': '## lane: nope\n\n- [ ] Tidy up\n',
}

const add =
  (command = 'x', queue = 'default') =>
  (at: Place) =>
    at.core.createTask({ queue_id: queue, tool_name: 'run-bash', payload: { command } })
const taskHas = (id: string, some: object) => async (at: Place) =>
  assert.partialDeepStrictEqual((await at.core.getTask({ id })).task, some)
const count = async (at: Place, queue: string): Promise<number> =>
  (await at.core.listTasks({ queue_id: queue })).tasks.length
const claim = (at: Place) => at.core.claimTask({ id: 'default' })
const noTask = /^There is no task "NOPE-1"\.$/
const notThere = /^ {2}sparkq tasks$/m
const q = 'enqueue -q default'

const queueing: readonly Row[] = [
  good('queue create auth', { out: /Created queue "auth"/ }),
  bad(
    '<prompt>',
    'add auth "fix it"',
    2,
    /^Which tool\? Queue "auth" has no default tool\.$/,
    /-t TOOL, one of: .*\n {2}sparkq queue set auth default_tool=TOOL/,
  ),
  good('queue set auth default_tool=llm-sonnet', { out: /default_tool=llm-sonnet/ }),
  good(
    `enqueue -q auth -t run-bash --timeout 300 --class FAST_SCRIPT --cwd sub --env A=1 --env B=x=y -- scripts/hi.sh --all`,
    {
      out: /^Queued AUTH-1 · run-bash \.\/scripts\/hi\.sh --all · 1st in line, nothing runs this lane$/m,
      err: /sparkq (runner|start) -q auth +work it now/,
      leaves: taskHas('AUTH-1', {
        ...{ timeout: 300, task_class: 'FAST_SCRIPT' },
        payload: { script_path: 'scripts/hi.sh', args: ['--all'], cwd: 'sub', env: { A: '1', B: 'x=y' } },
      }),
    },
  ),
  good(`add --stream auth -c 'make test' --check 'make lint' --in 2h --max-attempts 3 --key k1 --quiet`, {
    out: /^AUTH-2\n$/,
    leaves: taskHas('AUTH-2', { max_attempts: 3, payload: { command: 'make test', check: 'make lint' } }),
  }),
  good(`enqueue auth -c 'make test' --check 'make lint' --max-attempts 3 --key k1 --json`, {
    leaves: async (at, said) => {
      json({ created: false, task: { friendly_id: 'AUTH-2' } })(at, said)
      assert.equal(await count(at, 'auth'), 2)
    },
  }),
  good('enqueue auth --at 02:00 -t run-bash --payload @payload.json', {
    out: /^Queued AUTH-3 · run-bash make · not before/m,
    leaves: taskHas('AUTH-3', { payload: { command: 'make' } }),
  }),
  good('add auth "Fix the login test"', {
    out: /^Queued AUTH-4 · llm-\w+ Fix the login test · /m,
    leaves: taskHas('AUTH-4', { payload: { prompt: 'Fix the login test' } }),
  }),
  good('add auth --file prompt.md', {
    out: /^Queued AUTH-5 /m,
    leaves: taskHas('AUTH-5', { payload: { prompt: 'Fix the login test.' } }),
  }),
  good('add auth --prompt write-tests --var file=a.ts', {
    out: /^Queued AUTH-6 /m,
    leaves: async at =>
      assert.match(JSON.stringify((await at.core.getTask({ id: 'AUTH-6' })).task.payload), /a\.ts/),
  }),
  good('add auth --from tonight.md --once --yes', {
    out: /2 tasks/,
    leaves: async at => assert.equal(await count(at, 'auth'), 8),
  }),
  good('add auth --from tonight.md --once --yes', {
    out: /already|nothing/i,
    leaves: async at => assert.equal(await count(at, 'auth'), 8),
  }),
  good('add auth --from plan.txt --format yaml --dry-run', {
    out: /make a/,
    leaves: async at => assert.equal(await count(at, 'auth'), 8),
  }),
  good('add auth --from - --format yaml -y', {
    input: 'tool: run-bash\ntasks:\n  - command: make c\n',
    out: /AUTH-9/,
  }),
  bad('--check', 'add auth --from tonight.md --check true', 2, /^Either --from or --check/, /enqueue/),

  bad(
    '--queue',
    `enqueue -q atuh -c x`,
    3,
    /^There is no queue "atuh"\. Did you mean "auth"\?$/,
    /queue list/,
  ),
  bad('<lane>', `add atuh "fix it"`, 3, /^There is no queue "atuh"\. Did you mean "auth"\?$/, /queue list/),
  bad('<prompt>', `add auth fix it`, 2, /^"it" is one word too many/),
  bad('<prompt>', `add auth ''`, 2, /^The prompt must not be blank\.$/, /help enqueue/),
  bad(
    '--',
    `${q} -- scripts/hy.sh`,
    2,
    /^There is no script "scripts\/hy\.sh"\. Did you mean "scripts\/hi\.sh"\?$/,
    /scripts list/,
  ),
  bad('--', `${q} --`, 2, /^Nothing stands behind --\.$/, /-- FILE/),
  bad(
    '--tool',
    `${q} -t run-bsh -c x`,
    2,
    /^There is no tool "run-bsh"\. Did you mean "run-bash"\?$/,
    /run-bash/,
  ),
  bad('--command', `${q} -c ''`, 2, /^(--command|-c) must not be blank\.$/),
  bad('--payload', `${q} -t run-bash --payload [1]`, 2, /^--payload must be a JSON object\.$/, /--payload '/),
  bad('--file', `${q} --file none.md`, 2, /^--file: there is no file "none\.md"\.$/, /ls -l none\.md/),
  bad(
    '--prompt',
    `${q} --prompt write-test`,
    3,
    /^There is no prompt "write-test"\. Did you mean "write-tests"\?$/,
    /sparkq prompts/,
  ),
  bad(
    '--var',
    `${q} --prompt write-tests --var file`,
    2,
    /^--var "file" is not NAME=VALUE\.$/,
    /--var file=/,
  ),
  bad('--var', `${q} -c x --var a=b`, 2, /^--var fills in a stored prompt/, /sparkq prompts/),
  bad('--from', `${q} --from none.md`, 2, /there is no file "none\.md"/, /ls -l none\.md/),
  bad(
    '--from',
    'add --from broken.md --yes',
    2,
    /^broken\.md:1:1: There is no queue "nope"\.$/,
    /edit broken\.md; nothing was queued/,
  ),
  bad(
    '--format',
    `${q} --from plan.txt --format toml`,
    2,
    /^There is no format "toml"\. Did you mean "yaml"\?$/,
    /--format md\|yaml\|jsonl/,
  ),
  bad('--format', `${q} -c x --format md`, 2, /^--format is for a plan/, /help enqueue/),
  bad('--once', `${q} -c x --once`, 2, /^--once is for a plan/, /help enqueue/),
  bad('--dry-run', `${q} -c x --dry-run`, 2, /^--dry-run is for a plan/, /help enqueue/),
  bad('--yes', `${q} --from tonight.md`, 2, /2 tasks/, /--yes/),
  bad(
    '--timeout',
    `${q} -c x --timeout 0`,
    2,
    /^--timeout must be a whole number of seconds, at least 1; "0" is not\.$/,
  ),
  bad('--class', `${q} -c x --class FAST`, 2, /^There is no task class "FAST"/, /FAST_SCRIPT/),
  bad('--in', `${q} -c x --in 30`, 2, /^--in "30" is not a duration\.$/, /30m/),
  bad('--at', `${q} -c x --at 2020-01-01T00:00:00Z`, 2, /^--at "2020-01-01T00:00:00Z" is past\.$/, /--at /),
  bad(
    '--max-attempts',
    `${q} -c x --max-attempts 1.5`,
    2,
    /^--max-attempts must be a whole number, at least 1; "1\.5" is not\.$/,
  ),
  bad('--key', `enqueue auth -c other --key k1`, 4, /k1/, /sparkq task AUTH-2/),
  bad('--cwd', `${q} -c x --cwd nowhere`, 2, /^There is no folder "nowhere" to run in\.$/, /ls /),
  bad('--env', `${q} -c x --env A`, 2, /^--env "A" is not NAME=VALUE\.$/, /--env NODE_ENV=test/),
  bad('--quiet', `${q} -c x --quiet --json`, 2, /^Either --quiet or --json, not both\.$/),
]

const changing: readonly Row[] = [
  good('edit AUTH-1 --timeout 900 --at 02:00', {
    out: /^Changed AUTH-1 · run-bash .* · timeout 15 min · not before /m,
    leaves: taskHas('AUTH-1', { timeout: 900 }),
  }),
  good('edit AUTH-1 --now', { out: /^Changed AUTH-1 /m, leaves: taskHas('AUTH-1', { not_before: null }) }),
  good(`edit AUTH-1 --in 2h --payload '{"command": "make new"}' --json`, {
    leaves: json({ task: { payload: { command: 'make new' } } }),
  }),
  good('edit AUTH-1', {
    env: { EDITOR: 'sed -i s/new/newer/' },
    out: /make newer/,
    leaves: taskHas('AUTH-1', { payload: { command: 'make newer' } }),
  }),
  bad('<task>', 'edit NOPE-1 --timeout 9', 3, noTask, notThere),
  bad('<task>', 'edit AUTH-1', 2, /^Nothing was changed in AUTH-1\.$/, /edit --help/, {
    env: { EDITOR: 'true' },
  }),
  bad('<task>', 'edit AUTH-1', 2, /^No editor is set\.$/, /export EDITOR=vi/),
  bad('--payload', 'edit AUTH-1 --payload {', 2, /^--payload is not JSON: /, /--payload '/),
  bad('--timeout', 'edit AUTH-1 --timeout soon', 2, /^--timeout must be a whole number of seconds/),
  bad('--in', 'edit AUTH-1 --in soon', 2, /^--in "soon" is not a duration\.$/, /--in 90s/),
  bad('--at', 'edit AUTH-1 --at soon', 2, /^--at "soon" is not a time\.$/, /--at /),
  bad('--now', 'edit AUTH-1 --now --in 5m', 2, /^Either --now, or --in or --at\.$/),

  good('first AUTH-3', { out: /^AUTH-3 is first in "auth" now\.$/m }),
  good('first AUTH-2 --json', { leaves: json({ task: { friendly_id: 'AUTH-2' } }) }),
  bad('<task>', 'first NOPE-1', 3, noTask, notThere),
  bad('<task>', 'first DEFAULT-1', 4, /^DEFAULT-1 is running: /, /sparkq task DEFAULT-1/, {
    before: async at => {
      await add()(at)
      await claim(at)
    },
  }),

  good('rm AUTH-7 AUTH-8', {
    out: [/^Deleted AUTH-7 /m, /^Deleted AUTH-8 /m],
    leaves: async at => assert.equal(await count(at, 'auth'), 7),
  }),
  good('rm AUTH-9 --json', { leaves: json({ task: { friendly_id: 'AUTH-9' } }) }),
  bad('<tasks>', 'rm DEFAULT-1', 4, /^DEFAULT-1 is running: /, /sparkq (task|cancel) DEFAULT-1/),
  bad('<tasks>', 'rm', 2, /^"sparkq rm" needs a TASK/),

  good('cancel DEFAULT-1', {
    out: /^Cancelled DEFAULT-1 · it was stopped$/m,
    leaves: taskHas('DEFAULT-1', { error_type: 'cancelled' }),
  }),
  good('cancel AUTH-5 AUTH-6 --json', {
    out: [/"friendly_id":"AUTH-5".*"cancelled"/, /"friendly_id":"AUTH-6"/],
  }),
  bad('<tasks>', 'cancel AUTH-5', 4, /^AUTH-5 (is|has) /, /sparkq task AUTH-5/),

  good('requeue DEFAULT-1 --timeout 60 --in 1h', {
    out: /^Queued DEFAULT-2, a copy of DEFAULT-1 /m,
    leaves: taskHas('DEFAULT-2', { timeout: 60, payload: { command: 'x' } }),
  }),
  good(`requeue DEFAULT-1 --payload '{"command": "y"}' --at 02:00 --json`, {
    leaves: json({ task: { friendly_id: 'DEFAULT-3', payload: { command: 'y' } } }),
  }),
  good('requeue DEFAULT-1 --edit', { env: { EDITOR: 'sed -i s/x/z/' }, out: /run-bash z/ }),
  bad(
    '<tasks>',
    'requeue AUTH-1',
    4,
    /^AUTH-1 is queued: only a finished task can be requeued\.$/,
    /sparkq task AUTH-1/,
  ),
  bad('--edit', 'requeue DEFAULT-1 --edit', 2, /^No editor is set\.$/, /EDITOR/),
  bad(
    '--payload',
    `requeue DEFAULT-1 --payload '{"comand": "y"}'`,
    2,
    /^This is no payload for run-bash/,
    /"command"/,
  ),
  bad(
    '--timeout',
    'requeue DEFAULT-1 --timeout 0',
    2,
    /^--timeout must be a whole number of seconds, at least 1/,
  ),
  bad('--in', 'requeue DEFAULT-1 --in 5x', 2, /^--in "5x" is not a duration\.$/, /--in 90s/),
  bad('--at', 'requeue DEFAULT-1 --at 5x', 2, /^--at "5x" is not a time\.$/, /--at /),
]

export const rows: readonly Row[] = [...queueing, ...changing]
