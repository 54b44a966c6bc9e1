import assert from 'node:assert/strict'
import { changed, claim } from '../../cli/arrange.ts'
import { bad, good, json, type Place, type Row } from '../row.ts'

export const files = {}

const add =
  (command: string, queue = 'default') =>
  (at: Place) =>
    at.core.createTask({ queue_id: queue, tool_name: 'run-bash', payload: { command } })
const work = async (at: Place) => assert.equal((await at.sparkq(['runner', '-q', 'default'])).code, 0)
const reviewIs = (id: string, review: string, note: string | null) => async (at: Place) => {
  const { task } = await at.core.getTask({ id })
  assert.deepEqual([task.review, task.review_note], [review, note])
}
const named =
  (...ids: string[]) =>
  (_: unknown, said: { stdout: string }) =>
    assert.deepEqual(
      JSON.parse(said.stdout).tasks.map((it: { friendly_id: string }) => it.friendly_id),
      ids,
    )

const noQueue = /^There is no queue "nope"\.$/
const noSession = /^There is no session "nope"\.$/
const noTask = /^There is no task "NOPE-1"\.$/
const queues = /^ {2}sparkq queue list$/m
const sessions = /^ {2}sparkq session list$/m
const allTasks = /^ {2}sparkq tasks$/m

/** DEFAULT-1 has succeeded with output on both streams, 2 and 3 have failed, 4 waits in a lane that nothing works. */
const prepare = async (at: Place) => {
  await add('echo one; echo two; echo wrong >&2')(at)
  await add('exit 7')(at)
  await add('exit 8')(at)
  await work(at)
  await at.core.createQueue({ session_id: 'default', name: 'ui' })
  await add('make', 'ui')(at)
}

const looking: readonly Row[] = [
  good('tasks', { before: prepare, out: [/✗ +DEFAULT-2 +run-bash +exit 7 +failed · exit 7/, /○ +UI-1 /] }),
  good(
    'tasks -q default --session default --status failed --tool run-bash --review unreviewed --search "exit 7" --limit 5 --json',
    { leaves: named('DEFAULT-2') },
  ),
  bad('--queue', 'tasks -q nope', 3, noQueue, queues),
  bad('--session', 'tasks --session nope', 3, noSession, sessions),
  bad(
    '--status',
    'tasks --status runing',
    2,
    /^There is no status "runing"\. Did you mean "running"\?$/,
    /queued\|running/,
  ),
  bad(
    '--tool',
    'tasks -t run-bsh',
    2,
    /^There is no tool "run-bsh"\. Did you mean "run-bash"\?$/,
    /run-bash/,
  ),
  bad('--review', 'tasks --review done', 2, /^There is no review state "done"\.$/, /unreviewed\|accepted/),
  bad('--search', `tasks --search ''`, 2, /^--search must not be blank\.$/),
  bad('--limit', 'tasks --limit all', 2, /^--limit must be a whole number, at least 0; "all" is not\.$/),

  good('task DEFAULT-2', { out: [/^DEFAULT-2 .*failed · exit 7$/m, /sparkq requeue DEFAULT-2/] }),
  good('task DEFAULT-2 --json', { leaves: json({ task: { exit_code: 7 } }) }),
  bad('<task>', 'task NOPE-1', 3, noTask, allTasks),

  good('why UI-1', {
    out: /no runner|nothing|No runner|Nothing/,
    leaves: (_, said) => assert.match(said.stdout + said.stderr, /sparkq (runner|start) -q ui/),
  }),
  good('why UI-1 --json', { out: /^\{"why":/ }),
  bad('<task>', 'why NOPE-1', 3, noTask, allTasks),

  good('logs DEFAULT-1 --attempt 1', { out: /^one\ntwo\n$/, err: /^wrong\n$/ }),
  good('logs DEFAULT-1 --stdout -n 1', {
    leaves: (_, said) => assert.deepEqual([said.stdout, said.stderr], ['two\n', '']),
  }),
  good('logs DEFAULT-1 --stderr', {
    leaves: (_, said) => assert.deepEqual([said.stdout, said.stderr], ['', 'wrong\n']),
  }),
  good('logs DEFAULT-1 --raw --stdout', { out: /^one\ntwo\n$/ }),
  good('logs -f DEFAULT-1', { process: true, out: /^one\ntwo\n$/ }),
  good('logs UI-1', { err: /^UI-1 has not run yet · .*\n {2}sparkq logs -f UI-1/ }),
  bad('<task>', 'logs NOPE-1', 3, noTask, allTasks),
  bad('--follow', 'logs NOPE-1 --follow', 3, noTask, allTasks),
  bad(
    '--attempt',
    'logs DEFAULT-1 --attempt 2',
    3,
    /^DEFAULT-1 has no attempt 2\.$/,
    /sparkq task DEFAULT-1/,
  ),
  bad('--stdout', 'logs DEFAULT-1 --stdout --stderr', 2, /^Either --stdout or --stderr/),
  bad('--stderr', 'logs DEFAULT-1 --stderr --stdout', 2, /^Either --stdout or --stderr/),
  bad('--tail', 'logs DEFAULT-1 -n few', 2, /^--tail must be a whole number, at least 0; "few" is not\.$/),
]

/** Who ran DEFAULT-1 said what it changed; of the others nobody looked. */
const withPatch = async ({ core, folder }: Place) => {
  await core.createQueue({ session_id: 'default', name: 'fix' })
  await core.createTask({ queue_id: 'fix', tool_name: 'run-bash', payload: { command: 'x' } })
  const attempt = await claim({ core, folder }, 'fix')
  await attempt.finish(0, { changes: changed })
}

const changing: readonly Row[] = [
  good('diff FIX-1', { before: withPatch, out: /^diff --git .*\n(.*\n)*\+new\n/ }),
  good('diff FIX-1 --attempt 1 --stat', { out: [/src\/login\.ts +\+2 +-1$/m, /bbbbbbbbb Log in anew$/m] }),
  good('diff FIX-1 --json', { leaves: json({ attempt: 1, changes: { branch: 'main' } }) }),
  bad('<task>', 'diff NOPE-1', 3, noTask, allTasks),
  bad('<task>', 'diff DEFAULT-1', 3, /^What DEFAULT-1 changed was not kept/, /review\.changes$/m),
  bad('<task>', 'diff UI-1', 4, /^UI-1 is queued: /, /sparkq wait UI-1/),
  bad('--attempt', 'diff FIX-1 --attempt 2', 3, /^FIX-1 has no attempt 2\.$/, /sparkq task FIX-1/),
  bad('--stat', 'diff FIX-1 --stat --json', 2, /^Either --stat or --json/),
]

const reviewing: readonly Row[] = [
  good('review', { out: [/2 failed/, /DEFAULT-2/] }),
  good('review -q default --since yesterday --json', {
    leaves: (_, said) => assert.equal(JSON.parse(said.stdout).review.to_review, 2),
  }),
  good('review --session default --md', { out: /^#.*\n(.|\n)*DEFAULT-3/ }),
  good('review --all --json', { leaves: (_, said) => assert.equal(JSON.parse(said.stdout).tasks.length, 4) }),
  bad('<tasks>', 'review NOPE-1 --accept', 3, noTask, allTasks),
  bad(
    '<tasks>',
    'review DEFAULT-2',
    2,
    /^What of it\? Without a terminal, say it\.$/,
    /sparkq review DEFAULT-2 --accept/,
  ),
  bad(
    '<tasks>',
    'review UI-1 --reject',
    4,
    /^UI-1 is queued: only a finished task can be reviewed\.$/,
    /sparkq task UI-1/,
  ),
  bad('--queue', 'review -q nope', 3, noQueue, queues),
  bad('--session', 'review --session nope', 3, noSession, sessions),
  bad('--since', 'review --since soon', 2, /^--since "soon" is not a time\.$/, /--since 8h/),
  bad(
    '--all',
    'review DEFAULT-2 --accept --all',
    2,
    /^Either tasks by name, or --queue, --session, --since and --all\.$/,
  ),
  bad('--accept', 'review --accept', 2, /^Which task\? Name those that are to be decided on\.$/),
  bad('--accept', 'review DEFAULT-2 --accept --reject', 2, /^Either --accept or --reject, not both\.$/),
  bad('--reject', 'review --reject', 2, /^Which task\? Name those that are to be decided on\.$/),
  bad('--note', 'review --note well', 2, /^--note goes with --accept or --reject\.$/),
  bad(
    '--close',
    'review DEFAULT-2 --accept --close',
    2,
    /^A decision is no report: leave --close and --md out\.$/,
  ),
  bad(
    '--close',
    'review -q default --close',
    2,
    /^--close is for the whole review: leave --queue, --session and --since out\.$/,
  ),
  bad('--md', 'review --md --json', 2, /^Either --json or --md, not both\.$/),
  good('review DEFAULT-2 --accept --note fine', {
    out: /^Accepted DEFAULT-2 · run-bash exit 7 · fine$/m,
    leaves: reviewIs('DEFAULT-2', 'accepted', 'fine'),
  }),
  good('review DEFAULT-3 --reject --json', { leaves: json({ task: { review: 'rejected' } }) }),
  good('review --close', {
    out: /failed/,
    leaves: async at => assert.notEqual((await at.core.getReview()).review.since, null),
  }),
]

const after: readonly Row[] = [
  bad('<tasks>', 'wait', 2, /^Wait for what\?$/, /sparkq wait --queue NAME/),
  bad('<tasks>', 'wait NOPE-1', 3, noTask, allTasks),
  bad('--queue', 'wait UI-1 -q default', 2, /^Either tasks or --queue, not both\.$/),
  bad('--queue', 'wait -q nope', 3, noQueue, queues),
  bad(
    '--timeout',
    'wait UI-1 --timeout 0',
    2,
    /^--timeout must be a whole number of seconds, at least 1; "0" is not\.$/,
  ),
  good('wait DEFAULT-1', { out: /DEFAULT-1/ }),
  good('wait DEFAULT-1 DEFAULT-2 --json', { code: 1, leaves: named('DEFAULT-1', 'DEFAULT-2') }),
  good('wait -q ui --timeout 1', { code: 1, err: /UI-1 is still queued\.$/m }),
  good('wait -q default', { err: /^Nothing is queued or running in "default"\.$/m }),

  good('stats', { out: [/^ *lane +done +failed/m, /default +1 +2/] }),
  good('stats -q default --session default --since yesterday --json', {
    leaves: json({ total: { succeeded: 1, failed: 2 } }),
  }),
  bad('--queue', 'stats -q nope', 3, noQueue, queues),
  bad('--session', 'stats --session nope', 3, noSession, sessions),
  bad(
    '--since',
    'stats --since 2099-01-01T00:00:00Z',
    2,
    /^--since "2099-01-01T00:00:00Z" is still to come\.$/,
    /--since 8h/,
  ),

  bad(
    '--older-than-days',
    'purge --older-than-days soon',
    2,
    /^--older-than-days must be a number of days, at least 0; "soon" is not\.$/,
  ),
  good('purge', { out: /^Nothing to purge: no task finished more than 3 days ago\.$/m }),
  good('purge --older-than-days 0 --json', {
    leaves: (_, said) => assert.equal(JSON.parse(said.stdout).purged, 4),
  }),
]

export const rows: readonly Row[] = [...looking, ...changing, ...reviewing, ...after]
