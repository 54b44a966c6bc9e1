import assert from 'node:assert/strict'
import { bad, good, json, type Place, type Row } from '../row.ts'

export const files = { 'docs/auth.md': 'Mind the tokens.\n' }

const queued = (queue: string) => (at: Place) =>
  at.core.createTask({ queue_id: queue, tool_name: 'run-bash', payload: { command: 'x' } })
/** Claimed by somebody outside, so that a cancel ends it at once. */
const running = (queue: string) => async (at: Place) => {
  await queued(queue)(at)
  await at.core.claimTask({ id: queue })
}
const queueIs = (id: string, some: object) => async (at: Place) =>
  assert.partialDeepStrictEqual((await at.core.getQueue({ id })).queue, some)

const noSession = /^There is no session "nope"\.$/
const noQueue = /^There is no queue "nope"\.$/

const sessions: readonly Row[] = [
  good('session create api --instructions @docs/auth.md', {
    out: /^Created session "api"\.$/m,
    err: /sparkq queue create NAME --session api/,
    leaves: async at =>
      assert.equal((await at.core.getSession({ id: 'api' })).session.instructions, 'Mind the tokens.\n'),
  }),
  good('session create web --json', { leaves: json({ session: { name: 'web', status: 'active' } }) }),
  bad('<name>', 'session create', 2, /^"sparkq session create" needs a NAME/),
  bad('<name>', 'session create API', 4, /^There is a session "API" already\.$/, /session list/),
  bad(
    '--instructions',
    'session create x --instructions @none.md',
    2,
    /there is no file "none\.md"/,
    /ls -l none\.md/,
  ),

  good('session list', {
    out: [/^\s*session +status +queues +created$/m, /web +active +0/, /default +active +1/],
  }),
  good('session list --status active --limit 1 --json', {
    leaves: (_, said) => assert.equal(JSON.parse(said.stdout).sessions.length, 1),
  }),
  bad('--status', 'session list --status over', 2, /^There is no status "over"\.$/, /active\|ended/),
  bad(
    '--limit',
    'session list --limit many',
    2,
    /^--limit must be a whole number, at least 0; "many" is not\.$/,
  ),
]

const creating: readonly Row[] = [
  good('queue create auth --session api --instructions "Mind it." --planned', {
    out: /^Created queue "auth" in session "api", planned · its tasks are AUTH-1, …$/m,
    err: /sparkq queue activate auth/,
    leaves: queueIs('auth', { status: 'planned', instructions: 'Mind it.' }),
  }),
  good('queue create ui --session web --json', { leaves: json({ queue: { name: 'ui', status: 'active' } }) }),
  bad('<name>', 'queue create AUTH --session api', 4, /^There is a queue "AUTH" already/, /queue list/),
  bad('--session', 'queue create x --session nope', 3, noSession, /session list/),
  bad(
    '--instructions',
    'queue create x --session web --instructions @none',
    2,
    /there is no file "none"/,
    /ls -l none/,
  ),

  good('queue list', { out: [/auth +api +0 +0 +0 +0 +planned/, /ui +web/] }),
  good('queue list --session web --status active --all --limit 5 --json', {
    leaves: (_, said) =>
      assert.deepEqual(
        JSON.parse(said.stdout).queues.map((it: { name: string }) => it.name),
        ['ui'],
      ),
  }),
  bad('--session', 'queue list --session nope', 3, noSession, /session list/),
  bad(
    '--status',
    'queue list --status activ',
    2,
    /^There is no status "activ"\. Did you mean "active"\?$/,
    /planned\|active/,
  ),
  bad('--limit', 'queue list --limit -1', 2, /^--limit must be a whole number, at least 0; "-1" is not\.$/),

  good('queue show auth', { out: [/^auth /m, /planned/, /Mind it\./] }),
  good('queue show AUTH --json', { leaves: json({ queue: { name: 'auth' } }) }),
  bad('<queue>', 'queue show nope', 3, noQueue, /queue list/),

  good('queue set auth default_tool=run-bash on_failure=pause on_lost=retry on_wait=skip', {
    out: /^Changed queue "auth" · default_tool=run-bash +on_failure=pause +on_lost=retry +on_wait=skip$/m,
  }),
  good(`queue set auth context=fresh 'check=npm test' check_retries=3 worktree=true max_usd=2.5`, {
    out: /worktree=true/,
  }),
  good('queue set auth context= check= check_retries= worktree= max_usd=', { out: /on_wait=skip/ }),
  bad('<settings>', 'queue set auth worktree=yes', 2, /must be true or false/),
  good('queue set ui --name front --instructions @docs/auth.md --json', {
    leaves: async (at, said) => {
      assert.equal(JSON.parse(said.stdout).queue.name, 'front')
      await queueIs('front', { instructions: 'Mind the tokens.\n' })(at)
    },
  }),
  bad('<queue>', 'queue set nope on_failure=pause', 3, noQueue, /queue list/),
  bad('<settings>', 'queue set auth on_failure=stop', 2, /must be one of continue, pause/),
  bad(
    '<settings>',
    'queue set auth on_failur=stop',
    2,
    /^There is no setting "on_failur"\. Did you mean "on_failure"\?$/,
    /settings: /,
  ),
  bad('--name', 'queue set front --name auth', 4, /^There is a queue "auth" already/, /queue list/),
  bad('--instructions', 'queue set auth --instructions @none', 2, /there is no file "none"/, /ls -l none/),
]

const states: readonly Row[] = [
  good('queue activate auth', {
    out: /^Activated queue "auth"\.$/m,
    leaves: queueIs('auth', { status: 'active' }),
  }),
  bad('<queue>', 'queue activate auth', 4, /^Queue "auth" is active already\.$/, /queue show auth/),

  good('queue pause auth --reason "no staging" --for 2h', {
    out: /^Paused queue "auth" until \d/m,
    err: /sparkq queue resume auth/,
    leaves: queueIs('auth', { status: 'idle', pause_reason: 'no staging' }),
  }),
  bad('<queue>', 'queue pause auth', 4, /^Queue "auth" is paused already\.$/, /queue show auth/),
  good('queue pause front --until 05:00 --json', { leaves: json({ queue: { status: 'idle' } }) }),
  bad('--reason', 'queue pause default --reason ""', 2, /^--reason must not be blank\.$/),
  bad('--for', 'queue pause default --for soon', 2, /^--for "soon" is not a duration\.$/, /--for 90s/),
  bad('--until', 'queue pause default --until 27:00', 2, /^--until "27:00" is not a time\.$/, /--until /),
  bad('--until', 'queue pause default --until 05:00 --for 2h', 2, /^Either --for or --until, not both\.$/),

  good('queue resume auth --json', { leaves: json({ queue: { status: 'active', pause_reason: null } }) }),
  good('queue resume front', {
    out: /^Resumed queue "front"\.$/m,
    leaves: queueIs('front', { status: 'active' }),
  }),
  bad('<queue>', 'queue resume front', 4, /^Queue "front" is active already\.$/, /queue show front/),

  good('queue archive front', {
    out: /^Archived queue "front"\.$/m,
    leaves: queueIs('front', { status: 'archived' }),
  }),
  bad('<queue>', 'queue archive front', 4, /^Queue "front" is archived already\.$/, /queue show front/),
  good('queue unarchive front', {
    out: /^Brought back queue "front" · active$/m,
    leaves: queueIs('front', { status: 'active' }),
  }),
  bad(
    '<queue>',
    'queue unarchive front',
    4,
    /^Queue "front" is active: it cannot be unarchived\.$/,
    /queue show front/,
  ),
  good('queue archive auth --json', { leaves: json({ queue: { status: 'archived' } }) }),
  good('queue unarchive auth --json', { leaves: json({ queue: { status: 'active' } }) }),
  good('queue create plan --session web --planned', { out: /planned/ }),
  good('queue activate plan --json', { leaves: json({ queue: { status: 'active' } }) }),
]

const ends: readonly Row[] = [
  bad('--yes', 'queue end plan', 2, /^Queue "plan" has 1 queued task: ending it cancels it\.$/, /add --yes/, {
    before: queued('plan'),
  }),
  bad('<queue>', 'queue end nope --yes', 3, noQueue, /queue list/),
  bad('--cancel', 'queue end plan --yes', 4, /^PLAN-1 is still running\.$/, /sparkq cancel PLAN-1/, {
    before: at => at.core.claimTask({ id: 'plan' }),
  }),
  good('queue end plan --yes --cancel', {
    out: /^Ended queue "plan"\.$/m,
    leaves: queueIs('plan', { status: 'ended' }),
  }),
  good('queue end front --json', { leaves: json({ queue: { status: 'ended' } }) }),

  bad(
    '--yes',
    'queue delete plan',
    2,
    /^Queue "plan" has 1 finished task: deleting it deletes that with its output\.$/,
    /add --yes/,
  ),
  bad('<queue>', 'queue delete nope', 3, noQueue, /queue list/),
  good('queue delete plan --yes --json', { leaves: json({ queue: { name: 'plan' } }) }),
  bad('--cancel', 'queue delete auth', 4, /^AUTH-1 is still running\.$/, /sparkq cancel AUTH-1/, {
    before: running('auth'),
  }),
  good('queue delete auth --yes --cancel', {
    out: /^Deleted queue "auth"\.$/m,
    leaves: at => assert.rejects(at.core.getQueue({ id: 'auth' })),
  }),

  bad(
    '--yes',
    'session end api',
    2,
    /^Session "api" has 1 queued task: ending it cancels it\.$/,
    /add --yes/,
    {
      before: async at => {
        await at.core.createQueue({ session_id: 'api', name: 'one' })
        await queued('one')(at)
      },
    },
  ),
  bad('<session>', 'session end nope', 3, noSession, /session list/),
  bad('--cancel', 'session end api --yes', 4, /^ONE-1 is still running\.$/, /sparkq cancel ONE-1/, {
    before: at => at.core.claimTask({ id: 'one' }),
  }),
  good('session end api --yes --cancel', { out: /^Ended session "api"\.$/m }),
  bad('<session>', 'session end api', 4, /^Session "api" is ended already\.$/, /session list/),
  good('session end web --json', { leaves: json({ session: { status: 'ended' } }) }),

  bad(
    '--yes',
    'session delete api',
    2,
    /^Session "api" has 1 finished task: deleting it deletes that with its output\.$/,
    /add --yes/,
  ),
  bad('<session>', 'session delete nope', 3, noSession, /session list/),
  good('session delete api --yes --json', { leaves: json({ session: { name: 'api' } }) }),
  bad('--cancel', 'session delete default', 4, /^DEFAULT-1 is still running\.$/, /sparkq cancel DEFAULT-1/, {
    before: running('default'),
  }),
  good('session delete default --yes --cancel', {
    out: /^Deleted session "default" and its 1 queue\.$/m,
    leaves: at => assert.rejects(at.core.getSession({ id: 'default' })),
  }),
]

export const rows: readonly Row[] = [...sessions, ...creating, ...states, ...ends]
