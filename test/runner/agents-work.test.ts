import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { waitFor } from '../support/wait.ts'
import { openAgentLane } from './agents.ts'
import { assertNothingLeft } from './support.ts'

test('a prompt: its answer, its cost, what it changed, and the lane’s instructions in front', async t => {
  const lane = await openAgentLane(t)
  const added = await lane.prompt('-p is no option\nSAY:done it\nDO:echo b > b.txt')
  await lane.work()
  const task = await lane.task(added.id)
  assert.deepEqual(
    [task.status, task.result_summary, task.attempts, task.error_message],
    ['succeeded', 'done it', 1, null],
  )
  assert.ok((task.cost_usd ?? 0) > 0)
  const [attempt] = await lane.attempts(added.id)
  assert.deepEqual(
    [attempt?.agent?.outcome, attempt?.changes?.files, attempt?.changes?.shared, attempt?.warnings],
    ['ok', [{ path: 'b.txt', added: 1, deleted: 0 }], false, []],
  )
  const { patch } = await lane.api.getPatch({ id: added.id })
  assert.match(patch, /^\+b$/m)
  const [call] = lane.calls()
  assert.equal(call?.stdin, 'Be kind.\n\n-p is no option\nSAY:done it\nDO:echo b > b.txt')
  assert.equal(call?.cwd, lane.project.root)
  assert.equal(call?.env.SPARKQ_TASK, 'Q-1')
  await assertNothingLeft(lane)
})

test('a lane’s tasks share one conversation; with context: fresh none does', async t => {
  const lane = await openAgentLane(t)
  for (const prompt of ['one', 'two', 'three']) await lane.prompt(prompt)
  await lane.work()
  const [first, second, third] = lane.calls().map(call => call.argv.join(' '))
  const id = /--session-id (\S+)/.exec(first ?? '')?.[1]
  assert.ok(id)
  assert.ok(second?.includes(`--resume ${id}`) && third?.includes(`--resume ${id}`))
  await lane.api.updateQueue({ id: 'q', settings: { context: 'fresh' } })
  for (const prompt of ['four', 'five']) await lane.prompt(prompt)
  await lane.work()
  const fresh = lane.calls().slice(3)
  const ids = fresh.map(call => /--session-id (\S+)/.exec(call.argv.join(' '))?.[1])
  assert.deepEqual([ids.includes(undefined), new Set([...ids, id]).size], [false, 3])
})

test('changed instructions are announced in the conversation, once', async t => {
  const lane = await openAgentLane(t)
  await lane.prompt('one')
  await lane.work()
  await lane.api.updateQueue({ id: 'q', instructions: 'Be quick.' })
  await lane.prompt('two')
  await lane.prompt('three')
  await lane.work()
  const [, second, third] = lane.calls().map(call => call.stdin)
  assert.match(second ?? '', /^The instructions of this lane have changed.*Be quick.\n\ntwo$/s)
  assert.equal(third, 'Be quick.\n\nthree')
})

test('a check that fails twice goes back into the conversation, then the task has succeeded', async t => {
  const lane = await openAgentLane(t)
  const check = 'echo x >> .git/n; [ "$(wc -l < .git/n)" -ge 3 ] || { echo "not yet"; exit 3; }'
  await lane.api.updateQueue({ id: 'q', settings: { check } })
  const { id } = await lane.prompt('DO:echo x >> c.txt')
  await lane.work()
  const task = await lane.task(id)
  assert.deepEqual([task.status, task.attempts, lane.calls().length], ['succeeded', 1, 3])
  assert.match(lane.calls()[1]?.stdin ?? '', /exit code 3.*not yet/s)
  const { bytes } = await lane.api.readOutput({ id, stream: 'stderr' })
  assert.match(Buffer.from(bytes).toString(), /sparkq: Checking: /)
})

test('a check that never passes: the task has failed, and the task’s own check goes before the lane’s', async t => {
  const lane = await openAgentLane(t)
  await lane.api.updateQueue({ id: 'q', settings: { check: 'exit 4', check_retries: 1 } })
  const one = await lane.prompt('one')
  const two = await lane.prompt('two', { payload: { prompt: 'two', check: 'true' } })
  const script = await lane.bash('echo worked')
  const checked = await lane.bash('echo worked', {
    payload: { command: 'echo worked', check: 'test -d .git' },
  })
  await lane.work()
  const failed = await lane.task(one.id)
  assert.deepEqual([failed.status, failed.error_type], ['failed', 'check_failed'])
  assert.match(failed.error_message ?? '', /"exit 4" ended with exit code 4/)
  assert.equal((await lane.task(two.id)).status, 'succeeded')
  assert.deepEqual(
    [(await lane.task(script.id)).error_type, (await lane.task(script.id)).exit_code],
    ['check_failed', 4],
  )
  assert.deepEqual(
    [(await lane.task(checked.id)).status, (await lane.task(checked.id)).result_summary],
    ['succeeded', 'worked'],
  )
  assert.equal(lane.calls().length, 3)
})

test('two lanes share a tree: their agents work one after the other', async t => {
  const lane = await openAgentLane(t)
  await lane.api.createQueue({ session_id: 's', name: 'other' })
  // Each sees whether the other is there.
  const probe =
    'DO:test -e .git/busy && echo met >> .git/met; touch .git/busy; for i in 1 2 3 4 5; do git status >/dev/null; done; rm -f .git/busy'
  for (let i = 0; i < 3; i++) {
    await lane.prompt(probe)
    await lane.prompt(probe, { queue_id: 'other', tool_name: 'llm-codex' })
  }
  await Promise.all([lane.work(), lane.work('run', 'other')])
  assert.equal(lane.calls().length, 6)
  assert.equal(fs.existsSync(path.join(lane.project.root, '.git/met')), false)
  for (const { status } of (await lane.api.listTasks()).tasks) assert.equal(status, 'succeeded')
})

test('lanes with work trees of their own work at the same time, each on its branch', async t => {
  const lane = await openAgentLane(t)
  await lane.api.createQueue({ session_id: 's', name: 'other', settings: { worktree: true } })
  await lane.api.updateQueue({ id: 'q', settings: { worktree: true } })
  // Neither ends before the other one has begun.
  const meet = (mine: string, other: string) =>
    `DO:touch ${lane.project.root}/.git/${mine}; until [ -e ${lane.project.root}/.git/${other} ]; do sleep 0.01; done; echo ${mine} > ${mine}.txt`
  const one = await lane.prompt(meet('one', 'two'))
  const two = await lane.prompt(meet('two', 'one'), { queue_id: 'other' })
  await Promise.all([lane.work(), lane.work('run', 'other')])
  const trees = path.join(lane.project.root, 'sparkq/worktrees')
  assert.ok(fs.existsSync(path.join(trees, 'q/one.txt')))
  assert.ok(fs.existsSync(path.join(trees, 'other/two.txt')))
  const [attempt] = await lane.attempts(two.id)
  assert.deepEqual(
    [attempt?.changes?.worktree, attempt?.changes?.branch, attempt?.changes?.shared],
    [path.join(trees, 'other'), 'sparkq/other', false],
  )
  assert.equal((await lane.task(one.id)).status, 'succeeded')
  assert.equal(lane.repository.git('status', '--porcelain'), '')
})

test('what another task may have changed in the same tree is marked as shared', async t => {
  const lane = await openAgentLane(t)
  await lane.api.createQueue({ session_id: 's', name: 'other' })
  const { root } = lane.project
  await lane.bash(`until [ -e .git/go ]; do sleep 0.01; done; echo s > script.txt`, { queue_id: 'other' })
  const { id } = await lane.prompt(
    `DO:touch .git/go; until [ -e script.txt ]; do sleep 0.01; done; echo a > a.txt`,
  )
  await Promise.all([lane.work(), lane.work('run', 'other')])
  const [attempt] = await lane.attempts(id)
  assert.equal(attempt?.changes?.shared, true)
  assert.ok(fs.existsSync(path.join(root, 'a.txt')))
})

test('review.changes: none looks at nothing, all looks at scripts as well', async t => {
  const none = await openAgentLane(t, 'review: {changes: none}\n')
  const { id } = await none.prompt('DO:echo a > a.txt')
  await none.work()
  assert.equal((await none.attempts(id))[0]?.changes, null)
  const all = await openAgentLane(t, 'review: {changes: all}\n')
  const script = await all.bash('echo a > a.txt; echo done; exit 3')
  await all.work()
  const [attempt] = await all.attempts(script.id)
  assert.deepEqual(
    [attempt?.exit_code, attempt?.error_type, attempt?.changes?.files.map(it => it.path)],
    [3, 'exit_code', ['a.txt']],
  )
})

test('an agent that is not installed: its tasks stay queued, and go when it is there', async t => {
  const lane = await openAgentLane(t)
  const { PATH } = process.env
  process.env.PATH = (PATH as string).split(':').slice(1).join(':')
  const { id } = await lane.prompt('one')
  await lane.bash('true')
  const { events } = await lane.work()
  assert.equal((await lane.task(id)).status, 'queued')
  assert.ok(events.some(it => it.type === 'waiting' && it.because === 'other_tool'))
  const { why } = await lane.api.explainTask({ id })
  assert.equal(why.code, 'no_runner')
  process.env.PATH = PATH
  await lane.work()
  assert.equal((await lane.task(id)).status, 'succeeded')
})

test('a prompt of 2 MB, an answer of 1 MB', async t => {
  const lane = await openAgentLane(t)
  const { id } = await lane.prompt(`${'x'.repeat(2_000_000)}\nSAY:read it`)
  await lane.work()
  assert.equal((await lane.task(id)).result_summary, 'read it')
  const { id: long } = await lane.prompt(`SAY:${'y'.repeat(1_000_000)}`)
  await lane.work()
  const { result_summary: said } = await lane.task(long)
  assert.deepEqual([said?.length, said?.at(-1)], [100_001, '…'])
})

test('the live line is what the agent says or does', async t => {
  const lane = await openAgentLane(t)
  await lane.prompt('SPEED:1\nSAY:all is done')
  const { events } = await lane.work()
  const lines = events.flatMap(it => (it.type === 'output' ? [it.line] : []))
  assert.ok(lines.length > 0)
  for (const line of lines) assert.doesNotMatch(line, /^\{/)
})

test('a task that somebody ends while its work tree is made is left alone, and the lane goes on', async t => {
  const lane = await openAgentLane(t)
  const { repository, api } = lane
  const { root } = lane.project
  repository.git(
    'config',
    'filter.slow.smudge',
    `touch ${root}/.git/making; until [ -e ${root}/.git/go ]; do sleep 0.01; done; cat`,
  )
  repository.write({ '.gitattributes': '*.slow filter=slow\n', 'a.slow': 'a\n' })
  repository.commit('Slow')
  await api.updateQueue({ id: 'q', settings: { worktree: true, on_failure: 'continue' } })
  const one = await lane.prompt('one')
  const two = await lane.prompt('two')
  const runner = lane.spawnRunner('run')
  await waitFor('its tree is being made', () => fs.existsSync(path.join(root, '.git/making')))
  await api.finishAttempt({ id: one.id, attempt: 1, ending: { kind: 'stopped', cause: 'timeout' } })
  fs.writeFileSync(path.join(root, '.git/go'), '')
  await runner.ended
  assert.deepEqual(
    [(await lane.task(one.id)).error_type, (await lane.task(two.id)).status],
    ['timeout', 'succeeded'],
  )
  assert.equal(lane.calls().length, 1)
  await assertNothingLeft(lane)
})
