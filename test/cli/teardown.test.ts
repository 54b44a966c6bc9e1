import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { identify } from '../../src/processes/identity.ts'
import { waitFor } from '../support/wait.ts'
import { emptySite, type Site, site } from './run-cli.ts'

const add = ({ core }: Site) =>
  core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'x' } })

const names = (folder: string) => fs.readdirSync(folder).sort()

/** A lock file of the queue's runner, as a runner leaves it that was killed. */
async function leaveLock({ core, env }: Site): Promise<string> {
  const { queue } = await core.getQueue({ id: 'default' })
  const file = path.join(env.SPARKQ_RUNNER_LOCK_DIR as string, `sparkq-runner-${queue.id}.lock`)
  fs.writeFileSync(file, '1\n')
  return file
}

describe('teardown', { concurrency: 4 }, () => {
  test('removes all of SparkQ and nothing else, and can be run again', async t => {
    const at = await site(t, { 'src/mine.ts': '' })
    const lock = await leaveLock(at)
    const { stdout, stderr, code } = await at.sparkq(['teardown', '--force'])
    assert.deepEqual([stderr, code], ['', 0])
    assert.match(stdout, /^Removed SparkQ from .*\/project · \d files and folders\n$/)
    assert.deepEqual(names(at.folder), ['src'])
    assert.ok(!fs.existsSync(lock))
    const again = await at.sparkq(['teardown', '--force'])
    assert.deepEqual([again.stdout, again.stderr, again.code], ['Nothing to remove here.\n', '', 0])
  })

  test('without a terminal lists what it would remove, and removes nothing', async t => {
    const at = await site(t)
    const before = names(at.folder)
    const { stdout, stderr, code } = await at.sparkq(['teardown'])
    assert.deepEqual([stdout, code], ['', 2])
    assert.match(stderr, /^This will be removed:\n {2}sparkq\/data\/sparkq\.db\n/)
    assert.match(
      stderr,
      /\n {2}sparkq\.yml\nNothing of it can be brought back\.\n {2}add --force to do it\n$/,
    )
    assert.deepEqual(names(at.folder), before)
    assert.ok(fs.existsSync(path.join(at.folder, 'sparkq/data/sparkq.db')))
  })

  test('leaves the config with --keep-config, and what else lies in its folder', async t => {
    const at = await site(t)
    fs.writeFileSync(path.join(at.folder, 'sparkq/notes.md'), 'mine')
    const { stderr, code } = await at.sparkq(['teardown', '--force', '--keep-config'])
    assert.deepEqual([stderr, code], ['sparkq stays: something else lies in it.\n', 0])
    assert.deepEqual(names(at.folder), ['sparkq', 'sparkq.yml'])
    assert.deepEqual(names(path.join(at.folder, 'sparkq')), ['notes.md'])
    const again = await at.sparkq(['teardown', '--force', '--keep-config'])
    assert.equal(again.stdout, 'Nothing to remove here.\n')
  })

  test('acts on this folder alone', async t => {
    const at = await site(t, { 'sub/x.txt': '' })
    const { stdout } = await at.sparkq(['teardown', '--force'], { in: 'sub' })
    assert.equal(stdout, 'Nothing to remove here.\n')
    assert.ok(fs.existsSync(path.join(at.folder, 'sparkq.yml')))
  })

  test('works beside a config with a mistake', async t => {
    const at = await site(t)
    fs.writeFileSync(path.join(at.folder, 'sparkq.yml'), 'server:\n  prt: 1\n  x: [\n')
    const { stderr, code } = await at.sparkq(['teardown', '--force'])
    assert.equal(code, 0)
    assert.match(
      stderr,
      /^sparkq\.yml:.* Going by the default paths; what the file put elsewhere remains\.\n$/,
    )
    assert.deepEqual(names(at.folder), [])
  })

  test('goes by the paths of a config with a mistake', async t => {
    const config = 'database:\n  path: my.db\n'
    const { sparkq, folder } = emptySite(t, { 'sparkq.yml': config })
    await sparkq(['setup', '--yes'])
    fs.writeFileSync(path.join(folder, 'sparkq.yml'), `${config}server:\n  prt: 1\n`)
    const { stderr, code } = await sparkq(['teardown', '--force'])
    assert.equal(code, 0)
    assert.match(stderr, /^sparkq\.yml:4:3: .* Going by the paths that it names\.\n$/)
    assert.deepEqual(names(folder), [])
  })

  test('removes a database that cannot be read', async t => {
    const { sparkq, folder } = emptySite(t, { 'sparkq.yml': '', 'sparkq/data/sparkq.db': 'x'.repeat(5000) })
    const { stderr, code } = await sparkq(['teardown', '--force'])
    assert.equal(code, 0)
    assert.match(stderr, /is damaged, or not a SQLite database\. Whether something runs cannot be seen\.\n$/)
    assert.deepEqual(names(folder), [])
  })

  test('refuses while a task runs; forced, it cancels the task', async t => {
    const at = await site(t)
    await add(at)
    await at.core.claimTask({ id: 'default' })
    const { stdout, stderr, code } = await at.sparkq(['teardown'])
    assert.deepEqual([stdout, code], ['', 4])
    assert.equal(
      stderr,
      'DEFAULT-1 is still running: nothing was removed.\n  sparkq cancel DEFAULT-1\n  sparkq teardown --force\n',
    )
    const forced = await at.sparkq(['teardown', '--force'])
    assert.equal(forced.code, 0, forced.stderr)
    assert.deepEqual(names(at.folder), [])
  })

  test('stops the runners', async t => {
    const at = await site(t)
    const runner = spawn('sleep', ['60'])
    t.after(() => runner.kill('SIGKILL'))
    const ended = once(runner, 'exit')
    const process = await waitFor('it lives', () => identify(runner.pid as number))
    await at.core.startRunner({ queue_id: 'default', mode: 'watch', process })
    const { stderr, code } = await at.sparkq(['teardown', '--force'])
    assert.equal(code, 0)
    assert.equal(stderr, `Stopping the runner of "default" (process ${runner.pid}) …\n`)
    assert.deepEqual(await ended, [null, 'SIGTERM'])
  })

  test('has help that says what goes', async t => {
    const { sparkq } = emptySite(t)
    assert.match((await sparkq(['teardown', '--help'])).stdout, /sparkq\.yml +unless --keep-config\n/)
  })
})

test('a git work tree is as it was before: the server’s lock was ignored, and is no longer', async t => {
  const at = emptySite(t)
  const git = (...args: string[]) => execFileSync('git', args, { cwd: at.folder, encoding: 'utf8' })
  git('init', '--quiet')
  const exclude = path.join(at.folder, '.git/info/exclude')
  const before = fs.readFileSync(exclude, 'utf8')
  assert.equal((await at.sparkq(['setup', '--yes'])).code, 0)
  assert.equal((await at.sparkq(['setup', '--yes'])).code, 0)
  assert.equal(fs.readFileSync(exclude, 'utf8'), `${before}/sparkq.lock*\n`)
  const started = await at.sparkq(['start', '--host', '127.0.0.1', '--port', '0'])
  assert.equal(started.code, 0, started.stderr)
  assert.equal(git('status', '--porcelain'), '?? sparkq.yml\n?? sparkq/\n')
  assert.equal(git('status', '--porcelain', '--untracked-files=all'), '?? sparkq.yml\n?? sparkq/.gitignore\n')
  const { code, stderr } = await at.sparkq(['teardown', '--force'])
  assert.equal(code, 0, stderr)
  assert.equal(git('status', '--porcelain'), '')
  assert.equal(fs.readFileSync(exclude, 'utf8'), before)
  assert.deepEqual(
    fs.readdirSync(at.folder).filter(name => name !== '.git'),
    [],
  )
})
