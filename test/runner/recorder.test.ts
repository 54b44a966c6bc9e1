import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import { readStatus } from '../../src/attempt-files/status.ts'
import { startWrapped } from '../../src/runner/wrapper.ts'
import { tempFolder } from '../support/folder.ts'
import { waitFor } from '../support/wait.ts'

const rounds = 12

test('the recorder tells exits from signals, however soon the task ends', async t => {
  const logs = tempFolder(t)
  const cases: [command: string, exit: unknown][] = [
    ['exit 0', { code: 0, signal: null }],
    ['exit 137', { code: 137, signal: null }],
    ['exit 143', { code: 143, signal: null }],
    ['kill -9 $$', { code: null, signal: 'SIGKILL' }],
    ['kill $$', { code: null, signal: 'SIGTERM' }],
    ['kill -HUP $$', { code: null, signal: 'SIGHUP' }],
    ['kill -PIPE $$', { code: null, signal: 'SIGPIPE' }],
    ['sleep 0.02; exit 137', { code: 137, signal: null }],
    ['sleep 0.02; kill -9 $$', { code: null, signal: 'SIGKILL' }],
  ]
  for (const [i, [command, exit]] of cases.flatMap(it => Array(rounds).fill(it)).entries()) {
    const files = attemptFiles(logs, String(i), 1)
    fs.mkdirSync(files.folder, { recursive: true })
    const { exited } = await startWrapped(
      { argv: ['bash', '-c', command], cwd: logs, env: {} },
      process.env,
      files,
    )
    await exited
    assert.deepEqual(readStatus(files.status).exit, exit, command)
    assert.equal(fs.readFileSync(files.stderr, 'utf8'), '', 'what the recorder itself says is not the task’s')
  }
})

test('a task that is stopped for a while ends with its own exit code', async t => {
  const logs = tempFolder(t)
  for (let i = 0; i < rounds; i++) {
    const files = attemptFiles(logs, String(i), 1)
    fs.mkdirSync(files.folder, { recursive: true })
    const command = { argv: ['bash', '-c', 'kill -STOP $$; exit 5'], cwd: logs, env: {} }
    const { exited } = await startWrapped(command, process.env, files)
    const pid = await waitFor('it is stopped', () => {
      const { pid } = readStatus(files.status)
      return pid !== null && /^\d+ \(bash\) T/.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8')) && pid
    })
    process.kill(pid, 'SIGCONT')
    await exited
    assert.deepEqual(readStatus(files.status).exit, { code: 5, signal: null })
  }
})

test('neither the environment’s BASH_ENV nor its functions get into the recorder', async t => {
  const logs = tempFolder(t)
  const files = attemptFiles(logs, 'x', 1)
  fs.mkdirSync(files.folder, { recursive: true })
  const evil = `${logs}/evil.sh`
  fs.writeFileSync(evil, 'echo evil\n')
  const env = { ...process.env, BASH_ENV: evil, 'BASH_FUNC_wait%%': '() { echo evil; }' }
  const { exited } = await startWrapped(
    { argv: ['sh', '-c', 'echo "$BASH_ENV"; exit 4'], cwd: logs, env: {} },
    env,
    files,
  )
  await exited
  assert.deepEqual(readStatus(files.status).exit, { code: 4, signal: null })
  assert.equal(fs.readFileSync(files.stdout, 'utf8'), `${evil}\n`)
})
