import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { writeFiles } from '../support/folder.ts'
import { refused } from '../support/refused.ts'
import { openLane } from './support.ts'

test('every way a task can end is told as it was', async t => {
  const lane = await openLane(t)
  const cases: [command: string, want: Partial<Awaited<ReturnType<typeof lane.task>>>][] = [
    ['true', { status: 'succeeded', exit_code: 0, signal: null }],
    ['exit 7', { status: 'failed', exit_code: 7, error_type: 'exit_code', error_message: 'Exited with 7.' }],
    ['exit 137', { status: 'failed', exit_code: 137, signal: null, error_type: 'exit_code' }],
    ['kill -9 $$', { status: 'failed', exit_code: null, signal: 'SIGKILL', error_type: 'signal' }],
    ['kill -TERM $$', { status: 'failed', exit_code: null, signal: 'SIGTERM', error_type: 'signal' }],
    ['kill -9 0', { status: 'failed', signal: 'SIGKILL', error_type: 'signal' }],
    [
      'nonsense-command',
      { status: 'failed', exit_code: 127, error_detail: 'bash: line 1: nonsense-command: command not found' },
    ],
    [`: ${'x'.repeat(200_000)}`, { status: 'failed', error_type: 'spawn_failed', exit_code: null }],
  ]
  for (const [command] of cases) await lane.bash(command)
  assert.equal((await lane.work()).done, cases.length)
  for (const [i, [command, want]] of cases.entries()) {
    const task = await lane.task(`Q-${i + 1}`)
    const got = Object.fromEntries(Object.keys(want).map(key => [key, task[key as keyof typeof task]]))
    assert.deepEqual(got, want, command.slice(0, 40))
  }
})

test('a task that waited for its turn says when it was claimed, started and finished', async t => {
  const lane = await openLane(t)
  await lane.bash('sleep 0.05')
  await lane.work()
  const task = await lane.task('Q-1')
  const times = [task.created_at, task.claimed_at, task.started_at, task.finished_at] as string[]
  assert.deepEqual(times, [...times].sort())
  assert.ok(Date.parse(times[3] as string) - Date.parse(times[2] as string) >= 40, times.join(' '))
})

test('the summary is what the task wrote, else its last line, else its exit and duration', async t => {
  const lane = await openLane(t)
  await lane.bash(`echo '{"summary": "42 rows", "data": {"rows": [42]}}' > "$SPARKQ_RESULT_FILE"; echo noise`)
  await lane.bash(String.raw`printf 'first\n\033[32mall good\033[0m\n\n  \n'`)
  await lane.bash(String.raw`printf ' 10%%\r 50%%\r100%% done'`)
  await lane.bash('true')
  await lane.work()
  const [own, line, bar, none] = await Promise.all(['Q-1', 'Q-2', 'Q-3', 'Q-4'].map(lane.task))
  assert.equal(own?.result_summary, '42 rows')
  assert.deepEqual(own?.result_data, { rows: [42] })
  assert.equal(line?.result_summary, 'all good')
  assert.equal(bar?.result_summary, '100% done')
  assert.match(none?.result_summary ?? '', /^Exited with 0 after \d+\.\d s\.$/)
})

test('a result file that cannot be understood is a warning, not a failure', async t => {
  const lane = await openLane(t)
  const files: [text: string, warning: RegExp][] = [
    ['{"summary": ', /is not JSON/],
    ['[1]', /does not hold an object/],
    ['{"summary": 5}', /not a text/],
    ['{"summary": "x", "colour": 1}', /unknown field "colour"/],
  ]
  for (const [text] of files) await lane.bash(`echo '${text}' > "$SPARKQ_RESULT_FILE"; echo ran`)
  await lane.work()
  for (const [i, [, warning]] of files.entries()) {
    const { attempts } = await lane.api.listAttempts({ id: `Q-${i + 1}` })
    assert.equal((await lane.task(`Q-${i + 1}`)).status, 'succeeded')
    assert.match(attempts[0]?.warnings.join() ?? '', warning)
  }
})

test('a failed task keeps what it wrote of its result, and what it said last on stderr', async t => {
  const lane = await openLane(t)
  await lane.bash(
    `echo '{"summary": "half done", "data": 1}' > "$SPARKQ_RESULT_FILE"; echo out; echo 'no such table' >&2; exit 3`,
  )
  await lane.work()
  const task = await lane.task('Q-1')
  assert.equal(task.result_summary, 'half done')
  assert.equal(task.result_data, 1)
  assert.equal(task.error_detail, 'no such table')
})

test('a retry comes by itself until it succeeds or the attempts are used up', async t => {
  const lane = await openLane(t)
  await lane.bash('[ "$SPARKQ_ATTEMPT" = 2 ]', { max_attempts: 3 })
  await lane.bash('echo again; exit 1', { max_attempts: 2 })
  await lane.bash('echo last')
  await lane.work()
  const [second, never, last] = await Promise.all(['Q-1', 'Q-2', 'Q-3'].map(lane.task))
  assert.deepEqual([second?.status, second?.attempts], ['succeeded', 2])
  assert.deepEqual([never?.status, never?.attempts], ['failed', 2])
  const { attempts } = await lane.api.listAttempts({ id: 'Q-2' })
  assert.deepEqual(
    attempts.map(it => [it.number, it.outcome, it.exit_code]),
    [
      [1, 'returned', 1],
      [2, 'failed', 1],
    ],
  )
  assert.ok((last?.started_at ?? '') > (never?.finished_at ?? '~'), 'the lane keeps its order')
})

test('a script that has gone since it was enqueued fails as not startable', async t => {
  const lane = await openLane(t)
  writeFiles(lane.project.root, { 'x.sh': '#!/no/such/shell\n' })
  const payload = { script_path: 'x.sh' }
  await lane.api.createTask({ queue_id: 'q', tool_name: 'run-bash', payload })
  await lane.work()
  assert.match(
    (await lane.task('Q-1')).error_message ?? '',
    /asks for \/no\/such\/shell, which is not on this machine/,
  )
  assert.equal((await lane.task('Q-1')).error_type, 'spawn_failed')
})

test('a last line or a summary with control characters does not hold up the lane', async t => {
  const lane = await openLane(t)
  await lane.bash(String.raw`printf 'a\n\0b\a\n'`)
  await lane.bash(String.raw`echo '{"summary": "\u0000x"}' > "$SPARKQ_RESULT_FILE"`)
  await lane.bash('head -c 4000 /dev/urandom; head -c 4000 /dev/urandom >&2')
  assert.equal((await lane.work()).done, 3)
  assert.equal((await lane.task('Q-1')).result_summary, 'b')
  assert.equal((await lane.task('Q-2')).result_summary, 'x')
  assert.equal((await lane.task('Q-3')).status, 'succeeded')
})

test('what can no longer be read or entered fails its task, and the lane goes on', async t => {
  const lane = await openLane(t)
  const { root } = lane.project
  fs.mkdirSync(path.join(root, 'here'))
  await lane.bash('true', { payload: { command: 'true', cwd: 'here' } })
  await lane.bash('echo next')
  fs.rmdirSync(path.join(root, 'here'))
  fs.symlinkSync('here', path.join(root, 'here'))
  await lane.work()
  assert.equal((await lane.task('Q-1')).error_type, 'spawn_failed')
  assert.equal((await lane.task('Q-2')).status, 'succeeded')
})

test('where output cannot be kept, nothing is claimed', async t => {
  const lane = await openLane(t)
  await lane.bash('true')
  fs.mkdirSync(lane.project.logs, { recursive: true })
  fs.writeFileSync(path.join(lane.project.logs, 'tasks'), 'a file where a folder should be')
  await refused(lane.work(), 'unusable', /cannot be written/)
  assert.equal((await lane.task('Q-1')).status, 'queued')
})
