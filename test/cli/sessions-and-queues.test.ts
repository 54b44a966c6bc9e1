import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Site, site } from './run-cli.ts'

async function json({ sparkq }: Site, ...args: string[]) {
  const { stdout, stderr, code } = await sparkq([...args, '--json'])
  assert.deepEqual([stderr, code], ['', 0])
  return JSON.parse(stdout)
}

async function addTasks({ core }: Site, queue_id: string, number: number): Promise<string[]> {
  const ids: string[] = []
  for (let i = 0; i < number; i++) {
    const { task } = await core.createTask({ queue_id, tool_name: 'run-bash', payload: { command: 'true' } })
    ids.push(task.id)
  }
  return ids
}

describe('sessions', { concurrency: 4 }, () => {
  test('are created, listed, ended and deleted', async t => {
    const at = await site(t, { 'plan.md': 'Move to v2.\n' })
    const created = await at.sparkq(['session', 'create', 'api v2', '--instructions', '@plan.md'])
    assert.equal(created.stdout, 'Created session "api v2".\n')
    assert.match(created.stderr, /^ {2}sparkq queue create NAME --session 'api v2' /)
    assert.equal((await at.core.getSession({ id: 'API V2' })).session.instructions, 'Move to v2.\n')

    const { sessions, next_cursor } = await json(at, 'session', 'list')
    assert.deepEqual(
      [sessions.map((it: { name: string }) => it.name), next_cursor],
      [['api v2', 'default'], null],
    )
    assert.equal((await at.sparkq(['session', 'end', 'api v2'])).stdout, 'Ended session "api v2".\n')
    assert.equal((await json(at, 'session', 'list', '--status', 'ended')).sessions.length, 1)
    assert.match((await at.sparkq(['session', 'list'])).stdout, /^ +session .*\n +api v2 +ended +0 /)
    assert.equal((await json(at, 'session', 'delete', 'api v2')).session.name, 'api v2')
    assert.equal((await at.core.listSessions()).sessions.length, 1)
  })

  test('with queued tasks are ended and deleted only when that is confirmed', async t => {
    const at = await site(t)
    await addTasks(at, 'default', 2)
    const refused = await at.sparkq(['session', 'end', 'default'])
    assert.deepEqual([refused.stdout, refused.code], ['', 2])
    assert.equal(
      refused.stderr,
      'Session "default" has 2 queued tasks: ending it cancels them.\n  add --yes to do it\n',
    )
    const deleting = await at.sparkq(['session', 'delete', 'default'])
    assert.match(
      deleting.stderr,
      /^Session "default" has 2 queued tasks: deleting it deletes them with their output\./,
    )
    const ended = await at.sparkq(['session', 'end', 'default', '--yes'])
    assert.equal(ended.stdout, 'Ended session "default" · 2 queued tasks cancelled.\n')
    const deleted = await at.sparkq(['session', 'delete', 'default', '-y'])
    assert.equal(deleted.stdout, 'Deleted session "default" and its 1 queue.\n')
  })
})

describe('queues', { concurrency: 4 }, () => {
  test('go through their states, and say so', async t => {
    const at = await site(t)
    const say = async (...args: string[]) => (await at.sparkq(['queue', ...args])).stdout
    assert.equal(
      await say('create', 'Back End', '--planned'),
      'Created queue "Back End" in session "default", planned · its tasks are BACK-END-1, …\n',
    )
    assert.equal(await say('activate', 'back end'), 'Activated queue "Back End".\n')
    assert.equal(await say('pause', 'Back End', '--reason', 'for lunch'), 'Paused queue "Back End".\n')
    assert.match(await say('list'), /⏸ {2}Back End +default .* paused \(for lunch\)\n/)
    assert.equal(await say('resume', 'Back End'), 'Resumed queue "Back End".\n')
    assert.equal(await say('archive', 'Back End'), 'Archived queue "Back End".\n')
    assert.doesNotMatch(await say('list'), /Back End/)
    assert.match(await say('list', '--all'), /Back End .* archived\n/)
    assert.equal(await say('unarchive', 'Back End'), 'Brought back queue "Back End" · active\n')
    assert.equal(await say('end', 'Back End'), 'Ended queue "Back End".\n')
    assert.equal(await say('delete', 'Back End'), 'Deleted queue "Back End".\n')
    assert.deepEqual(
      (await at.core.listQueues({ archived: true })).queues.map(queue => queue.name),
      ['default'],
    )
  })

  test('are listed by session and by state', async t => {
    const at = await site(t)
    await at.core.createSession({ name: 'other' })
    await at.core.createQueue({ session_id: 'other', name: 'auth', status: 'planned' })
    const names = async (...args: string[]) =>
      (await json(at, 'queue', 'list', ...args)).queues.map((it: { name: string }) => it.name)
    assert.deepEqual(await names(), ['auth', 'default'])
    assert.deepEqual(await names('--session', 'other'), ['auth'])
    assert.deepEqual(await names('--status', 'active'), ['default'])
    assert.deepEqual(await names('--limit', '1'), ['auth'])
  })

  test('all come in one list, however many there are', async t => {
    const at = await site(t)
    for (let i = 0; i < 501; i++) await at.core.createQueue({ session_id: 'default', name: `q${i}` })
    const { queues, next_cursor } = await json(at, 'queue', 'list')
    assert.deepEqual([queues.length, next_cursor], [502, null])
  })

  test('belong to the only active session; where there are several, one has to be named', async t => {
    const at = await site(t)
    await at.core.createSession({ name: 'other' })
    const refused = await at.sparkq(['queue', 'create', 'auth'])
    assert.equal(refused.stderr, 'Which session?\n  --session NAME, one of: other, default\n')
    assert.deepEqual([refused.stdout, refused.code], ['', 2])
    assert.equal(
      (await json(at, 'queue', 'create', 'auth', '--session', 'other')).queue.session.name,
      'other',
    )
    await at.core.endSession({ id: 'default' })
    assert.equal((await json(at, 'queue', 'create', 'web')).queue.session.name, 'other')
  })

  test('are paused for a while, or until a time', async t => {
    const at = await site(t)
    const before = Date.now()
    const { queue } = await json(at, 'queue', 'pause', 'default', '--for', '2h')
    const ms = Date.parse(queue.resume_at) - before
    assert.ok(ms >= 7_200_000 && ms < 7_260_000, queue.resume_at)
    await at.core.resumeQueue({ id: 'default' })
    const until = await json(at, 'queue', 'pause', 'default', '--until', '2030-01-01T05:00:00+02:00')
    assert.equal(until.queue.resume_at, '2030-01-01T03:00:00.000Z')
  })

  test('take settings, and give them back', async t => {
    const at = await site(t, { 'auth.md': 'Use JWT.' })
    const set = await at.sparkq(['queue', 'set', 'default', 'default_tool=run-bash', 'on_failure=pause'])
    assert.equal(set.stdout, 'Changed queue "default" · default_tool=run-bash  on_failure=pause\n')
    const { queue } = await json(
      at,
      'queue',
      'set',
      'default',
      'on_failure=',
      '--name',
      'auth',
      '--instructions',
      '@auth.md',
    )
    assert.deepEqual(
      [queue.name, queue.instructions, queue.settings],
      ['auth', 'Use JWT.', { default_tool: 'run-bash' }],
    )
    const shown = await at.sparkq(['queue', 'show', 'auth'])
    assert.match(shown.stdout, /^auth {2}active\n {2}session {3}default\n/)
    assert.match(shown.stdout, / {2}settings {2}default_tool=run-bash\n\n {2}Use JWT\.\n$/)
    const agents = ['context=fresh', 'check=npm test', 'check_retries=3', 'worktree=true', 'max_usd=2.5']
    const { queue: told } = await json(at, 'queue', 'set', 'auth', ...agents)
    assert.deepEqual(told.settings, {
      ...queue.settings,
      ...{ context: 'fresh', check: 'npm test', check_retries: 3, worktree: true, max_usd: 2.5 },
    })
    const wrong = await at.sparkq(['queue', 'set', 'auth', 'worktree=yes'])
    assert.match(wrong.stderr, /worktree must be true or false/)
    assert.equal((await json(at, 'queue', 'set', 'auth', '--instructions', '')).queue.instructions, null)
  })

  test('with queued tasks are ended and deleted only when that is confirmed', async t => {
    const at = await site(t)
    const [id] = await addTasks(at, 'default', 1)
    const refused = await at.sparkq(['queue', 'end', 'default'])
    assert.deepEqual([refused.stdout, refused.code], ['', 2])
    assert.equal(
      refused.stderr,
      'Queue "default" has 1 queued task: ending it cancels it.\n  add --yes to do it\n',
    )
    assert.equal((await at.core.getQueue({ id: 'default' })).queue.status, 'active')
    const ended = await at.sparkq(['queue', 'end', 'default', '--yes'])
    assert.equal(ended.stdout, 'Ended queue "default" · 1 queued task cancelled.\n')
    assert.equal((await at.core.getTask({ id: id as string })).task.error_type, 'cancelled')
    const kept = await at.sparkq(['queue', 'delete', 'default'])
    assert.match(
      kept.stderr,
      /^Queue "default" has 1 finished task: deleting it deletes that with its output\./,
    )
    assert.equal((await at.sparkq(['queue', 'delete', 'default', '--yes'])).code, 0)
  })

  test('with a running task are ended only with --cancel', async t => {
    const at = await site(t)
    const [id] = await addTasks(at, 'default', 2)
    await at.core.claimTask({ id: 'default' })
    const refused = await at.sparkq(['queue', 'end', 'default', '--yes'])
    assert.deepEqual([refused.stdout, refused.code], ['', 4])
    assert.match(refused.stderr, /^DEFAULT-1 is still running\.\n {2}sparkq cancel DEFAULT-1\n$/)
    const ended = await at.sparkq(['queue', 'end', 'default', '--yes', '--cancel'])
    assert.equal(ended.code, 0)
    const { task } = await at.core.getTask({ id: id as string })
    assert.deepEqual([task.status, task.error_type], ['failed', 'cancelled'])
  })
})
