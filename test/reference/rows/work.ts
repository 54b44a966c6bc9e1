import assert from 'node:assert/strict'
import { bad, good, json, type Place, type Row } from '../row.ts'

export const files = { 'log.txt': 'Line 1\n' }

const add =
  (command: string, queue = 'default') =>
  (at: Place) =>
    at.core.createTask({ queue_id: queue, tool_name: 'run-bash', payload: { command } })
const taskHas = (id: string, some: object) => async (at: Place) =>
  assert.partialDeepStrictEqual((await at.core.getTask({ id })).task, some)
const noQueue = /^There is no queue "nope"\.$/
const queues = /queue list/
const done = /^ {2}sparkq complete TASK "what was done"$/m

const taking: readonly Row[] = [
  good('peek -q default', {
    err: /nothing|Nothing|No /i,
    leaves: (_, said) => assert.equal(said.stdout, ''),
  }),
  good('peek default', {
    before: add('one'),
    out: /^\{"id":"tsk_.*"friendly_id":"DEFAULT-1".*\}\n$/,
    leaves: taskHas('DEFAULT-1', { status: 'queued' }),
  }),
  bad('--queue', 'peek -q nope', 3, noQueue, queues),
  bad('<queue>', 'peek', 2, /^Which queue\?$/, /-q NAME, one of: default/),
  bad('<queue>', 'peek default -q other', 2, /^Which queue: "other" or "default"\?$/),

  good('claim -q default --worker me --key k1', {
    out: /^\{"id":"tsk_.*"worker_id":"me".*\}\n$/,
    leaves: taskHas('DEFAULT-1', { status: 'running', worker_id: 'me' }),
  }),
  good('claim default --key k1 --worker me', { out: /"friendly_id":"DEFAULT-1"/ }),
  bad('--queue', 'claim -q nope', 3, noQueue, queues),
  bad('<queue>', 'claim', 2, /^Which queue\? None has queued tasks\.$/, queues),
  bad(
    '<queue>',
    'claim',
    2,
    /^Which queue\? These have queued tasks:$/,
    /sparkq claim -q default +1 queued task/,
    { before: add('two') },
  ),
  bad('<queue>', 'claim default -q other', 2, /^Which queue: "other" or "default"\?$/),
  bad('--worker', `claim -q default --worker ''`, 2, /^--worker must not be blank\.$/),
  bad('--key', `claim -q default --key ''`, 2, /^--key must not be blank\.$/),
]

const begin = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'walk', version: '1' } }
const speaking: readonly Row[] = [
  good('mcp', {
    input: `${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: begin })}\n`,
    out: /^\{.*"protocolVersion":"2025-11-25".*"id":1\}\n$/,
    process: true,
  }),
]

const finishing: readonly Row[] = [
  bad('<task>', 'complete NOPE-1 Done.', 3, /^There is no task "NOPE-1"\.$/, /sparkq tasks/),
  bad('<summary>', 'complete DEFAULT-1', 2, /^The summary is missing\.$/, done),
  bad('<summary>', 'complete DEFAULT-1 one --summary two', 2, /^The summary must be in quotes\.|twice/, done),
  bad('--summary', `complete DEFAULT-1 --summary ' '`, 2, /^The summary must not be blank\.$/, done),
  bad('--task-id', 'complete --task-id NOPE-1 Done.', 3, /^There is no task "NOPE-1"\.$/, /sparkq tasks/),
  bad('--data', 'complete DEFAULT-1 Done. --data {', 2, /^--data is not JSON: /, /--data '/),
  bad(
    '--attempt',
    'complete DEFAULT-1 Done. --attempt 2',
    3,
    /^DEFAULT-1 has no attempt 2\.$/,
    /sparkq task DEFAULT-1/,
  ),
  bad(
    '--attempt',
    'complete DEFAULT-1 Done. --attempt 0',
    2,
    /^--attempt must be a whole number, at least 1; "0" is not\.$/,
  ),
  good(`complete DEFAULT-1 "All done." --data '{"rows": 3}' --attempt 1`, {
    out: /^Completed DEFAULT-1 · All done\.$/m,
    leaves: taskHas('DEFAULT-1', {
      status: 'succeeded',
      result_summary: 'All done.',
      result_data: { rows: 3 },
    }),
  }),
  good('complete --task-id DEFAULT-2 --summary "Did it." --json', {
    before: at => at.core.claimTask({ id: 'default' }),
    leaves: json({ task: { friendly_id: 'DEFAULT-2', status: 'succeeded' } }),
  }),

  bad('<task>', 'fail NOPE-1 No.', 3, /^There is no task "NOPE-1"\.$/, /sparkq tasks/),
  bad('<reason>', 'fail DEFAULT-3', 2, /^The reason is missing\.$/, /sparkq fail TASK "why"/, {
    before: async at => {
      await add('three')(at)
      await at.core.claimTask({ id: 'default' })
    },
  }),
  bad('--reason', `fail DEFAULT-3 --reason ''`, 2, /^The reason must not be blank\.$/, /sparkq fail TASK/),
  bad(
    '--task-id',
    'fail --task-id DEFAULT-1 No.',
    4,
    /^DEFAULT-1 is succeeded|^DEFAULT-1 has/,
    /sparkq task DEFAULT-1/,
  ),
  bad(
    '--detail',
    'fail DEFAULT-3 No. --detail @none.txt',
    2,
    /^--detail: there is no file "none\.txt"\.$/,
    /ls -l none\.txt/,
  ),
  bad(
    '--attempt',
    'fail DEFAULT-3 No. --attempt 9',
    3,
    /^DEFAULT-3 has no attempt 9\.$/,
    /sparkq task DEFAULT-3/,
  ),
  good('fail DEFAULT-3 "No rights." --detail @log.txt --attempt 1', {
    out: /^Failed DEFAULT-3 · No rights\.$/m,
    err: /sparkq requeue DEFAULT-3/,
    leaves: taskHas('DEFAULT-3', {
      error_message: 'No rights.',
      error_detail: 'Line 1\n',
      error_type: 'reported',
    }),
  }),
  good('fail --task-id DEFAULT-4 --reason "No rights." --json', {
    before: async at => {
      await add('four')(at)
      await at.core.claimTask({ id: 'default' })
    },
    leaves: json({ task: { friendly_id: 'DEFAULT-4', status: 'failed' } }),
  }),
]

const stays = { until: /DEFAULT-\d+ .*succeeded|✓ +DEFAULT-\d+|DEFAULT-\d+/, code: 130 } as const

const running: readonly Row[] = [
  bad('--queue', 'runner -q nope', 3, noQueue, queues),
  bad('--queue', 'runner', 2, /^Which queue\?$/, /-q NAME, one of: default/),
  bad('--all', 'runner --all -q default', 2, /^--queue is for one lane: leave it out, or --all\.$/),
  bad(
    '--all',
    'runner --all --session default',
    2,
    /^--all has the lanes of every session: leave --session out\.$/,
  ),
  bad('--session', 'runner --session nope', 3, /^There is no session "nope"\.$/, /session list/),
  bad('--once', 'runner -q default --once --watch', 2, /^Either --once or --watch, not both\.$/),
  bad('--once', 'runner --all --once', 2, /^--once is for one lane: leave it out, or --all\.$/),
  bad('--run', 'runner -q default --run --watch', 2, /^Either --run or --watch, not both\.$/),
  bad('--run', 'runner --session default --run', 2, /^--run is for one lane: leave it out, or --session\.$/),
  bad('--watch', 'runner -q default --watch --run', 2, /^Either --run or --watch, not both\.$/),
  bad('--worker', 'runner --all --worker me', 2, /^--worker is for one lane: leave it out, or --all\.$/),
  good('runner -q default --once --worker me', {
    before: async at => {
      await add('echo five')(at)
      await add('echo six')(at)
    },
    process: true,
    out: /DEFAULT-5/,
    leaves: async at => {
      await taskHas('DEFAULT-5', { status: 'succeeded', worker_id: 'me' })(at)
      await taskHas('DEFAULT-6', { status: 'queued' })(at)
    },
  }),
  good('runner --queue default --run', {
    process: true,
    out: /DEFAULT-6/,
    leaves: taskHas('DEFAULT-6', { status: 'succeeded' }),
  }),
  good('runner -q default --watch', {
    ...stays,
    before: add('echo seven'),
    while: at => at.sparkq(['wait', 'DEFAULT-7']),
    leaves: taskHas('DEFAULT-7', { status: 'succeeded' }),
  }),
  good('runner --all', {
    ...stays,
    before: add('echo eight'),
    while: at => at.sparkq(['wait', 'DEFAULT-8']),
    leaves: taskHas('DEFAULT-8', { status: 'succeeded' }),
  }),
  good('runner --session default', {
    ...stays,
    before: add('echo nine'),
    while: at => at.sparkq(['wait', 'DEFAULT-9']),
    leaves: taskHas('DEFAULT-9', { status: 'succeeded' }),
  }),
]

const providers: readonly Row[] = [
  good('providers', { out: [/^ *provider +agent +queued +state +why/m, /claude +Claude Code +0 +open/] }),
  good('providers pause claude --reason "Saving." --for 2h', {
    out: /^Paused Claude Code until .* · 0 tasks wait$/m,
    err: /sparkq providers resume claude/,
  }),
  good('providers --json', { out: /"because":"person"/ }),
  good('providers resume claude', { out: /^Claude Code takes work again · 0 tasks queued$/m }),
  good('providers pause codex --until 05:00 --json', { leaves: json({ provider: { status: 'paused' } }) }),
  good('providers resume codex --json', { leaves: json({ provider: { status: 'open' } }) }),
  bad('<name>', 'providers pause clade', 2, /claude/, /./),
  bad('<name>', 'providers resume clade', 2, /claude/, /./),
  bad('--reason', 'providers pause claude --reason', 2, /--reason/),
  bad('--for', 'providers pause claude --for soon', 2, /soon/, /./),
  bad('--until', 'providers pause claude --until soon', 2, /soon/, /./),
]

export const rows: readonly Row[] = [...taking, ...speaking, ...finishing, ...running, ...providers]
