import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { spool } from '../../src/connect.ts'
import { identify, liveness } from '../../src/processes/identity.ts'
import { findOpeners } from '../../src/processes/openers.ts'
import { serverSite } from '../server/support.ts'
import { type Answer, openTerminal, terminalKinds } from '../support/typed-terminal.ts'
import { waitFor } from '../support/wait.ts'
import { emptySite, type Site, site } from './run-cli.ts'

const door = path.join(import.meta.dirname, '../fixtures/cli/main.ts')

const add = ({ core }: Site) =>
  core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'x' } })

const names = (folder: string) => fs.readdirSync(folder).sort()

function readNumber(file: string): number | undefined {
  return fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) || undefined : undefined
}

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
    assert.match(stdout, /^Removed SparkQ from .*\/project · \d+ files and folders\n$/)
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

  test('refuses a task that began while it asked, and lets the lane go on', async t => {
    if (!terminalKinds().includes('pty')) return t.skip('there is no python3 to lend a terminal')
    const at = await site(t)
    await add(at)
    const terminal = await openTerminal('pty', { cwd: at.folder, env: at.env, own: at.folder })
    t.after(() => terminal.close())
    const answer: Answer = [/Go on\? \[y\/N\]/, () => at.core.claimTask({ id: 'default' }).then(() => 'y')]
    const { shown, code } = await terminal.run(`${process.execPath} ${door} teardown`, [answer])
    assert.equal(code, 4)
    assert.match(shown, /DEFAULT-1 is still running: nothing was removed\./)
    assert.equal((await at.core.getQueue({ id: 'default' })).queue.status, 'active')
    assert.ok(names(at.folder).includes('sparkq.yml'))
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

  test('stops what keeps runners before the runners, and nothing starts again', async t => {
    const at = await site(t)
    const keeper = at.start(['runner', '--all'])
    const runner = await waitFor('a runner is kept', async () => (await at.core.listRunners()).runners[0])
    const { stderr, code } = await at.sparkq(['teardown', '--force'])
    assert.equal(code, 0, stderr)
    assert.match(stderr, RegExp(`^Stopping what keeps the runners \\(process ${keeper.child.pid}\\) …\\n`))
    assert.equal((await keeper.ended).code, 130)
    assert.equal(liveness(runner.process), 'dead')
    assert.deepEqual(names(at.folder), [])
    assert.deepEqual(names(at.env.SPARKQ_RUNNER_LOCK_DIR as string), [])
  })

  test('stops what waits for lanes to keep', { skip: process.platform !== 'linux' }, async t => {
    const at = await site(t)
    await at.core.endQueue({ id: 'default' })
    const keeper = at.start(['runner', '--all'])
    const database = path.join(at.folder, 'sparkq/data/sparkq.db')
    await waitFor('it has the database open', () => findOpeners(database, 'runner')[0])
    const { stderr, code } = await at.sparkq(['teardown', '--force'])
    assert.equal(code, 0, stderr)
    assert.equal(stderr, `Stopping a runner (process ${keeper.child.pid}) …\n`)
    assert.equal((await keeper.ended).code, 130)
    assert.deepEqual(names(at.folder), [])
  })

  test('stops the runner of a database that is damaged, by its lock file', async t => {
    const at = await site(t)
    const runner = at.start(['runner', '-q', 'default', '--watch'])
    const locks = at.env.SPARKQ_RUNNER_LOCK_DIR as string
    await waitFor('it has its lock', () => names(locks)[0])
    // Another project's.
    fs.writeFileSync(
      path.join(locks, 'sparkq-runner-que_other.lock'),
      '1\n2\n3\nhost\n/elsewhere/sparkq.yml\n',
    )
    const database = path.join(at.folder, 'sparkq/data/sparkq.db')
    fs.writeFileSync(`${database}.new`, 'x'.repeat(5000))
    fs.renameSync(`${database}.new`, database)
    for (const end of ['-wal', '-shm']) fs.rmSync(database + end, { force: true })
    const { stderr, code } = await at.sparkq(['teardown', '--force'])
    assert.equal(code, 0, stderr)
    assert.match(stderr, RegExp(`\\nStopping a runner \\(process ${runner.child.pid}\\) …\\n`))
    await runner.ended
    assert.deepEqual(names(at.folder), [])
    assert.deepEqual(names(locks), ['sparkq-runner-que_other.lock'])
  })

  test('stops a task that runs, with what it started, and its server', async t => {
    const at = await serverSite(t)
    assert.equal((await at.sparkq(['start', '--all'])).code, 0)
    await at.core.createTask({
      queue_id: 'default',
      tool_name: 'run-bash',
      payload: { command: `echo $$ > pid; trap '' TERM; sleep 60 & wait; sleep 60` },
    })
    const pid = await waitFor('it runs', () => readNumber(path.join(at.folder, 'pid')))
    const task = identify(pid)
    fs.rmSync(path.join(at.folder, 'pid'))
    const { stderr, code } = await at.sparkq(['teardown', '--force'])
    assert.equal(code, 0, stderr)
    assert.match(stderr, /^Stopping DEFAULT-1 …\n/)
    assert.ok(task && liveness(task) === 'dead')
    assert.deepEqual(names(at.folder), [])
  })

  test('leaves what somebody changed or had before', async t => {
    const { sparkq, folder } = emptySite(t, { 'scripts/.keep': '' })
    fs.rmSync(path.join(folder, 'scripts/.keep'))
    fs.mkdirSync(path.join(folder, 'sparkq'))
    await sparkq(['setup', '--yes', '--examples'])
    fs.appendFileSync(path.join(folder, 'scripts/example-hello.sh'), 'echo mine\n')
    const { stderr, code } = await sparkq(['teardown', '--force'])
    assert.deepEqual([stderr, code], ['scripts/example-hello.sh stays: it was changed.\n', 0])
    assert.deepEqual(names(folder), ['scripts', 'sparkq'])
    assert.deepEqual(names(path.join(folder, 'scripts')), ['example-hello.sh'])
    assert.deepEqual(names(path.join(folder, 'sparkq')), [])
  })

  test('removes nothing that a record leads to elsewhere', async t => {
    const at = await site(t)
    const outside = path.join(at.folder, '../outside')
    fs.mkdirSync(path.join(outside, 'empty'), { recursive: true })
    fs.writeFileSync(path.join(outside, 'file'), 'x')
    const files = { '../outside/file': createHash('sha256').update('x').digest('hex') }
    const record = { files, folders: ['../outside/empty', '.', '..'], exclude: null }
    fs.writeFileSync(path.join(at.folder, 'sparkq/data/setup.json'), JSON.stringify(record))
    assert.equal((await at.sparkq(['teardown', '--force'])).code, 0)
    assert.deepEqual(names(outside), ['empty', 'file'])
    assert.ok(fs.existsSync(at.folder))
  })

  test('removes what a runner keeps for the server at base_url, but not what is still to be sent', async t => {
    const { sparkq, folder, env } = emptySite(t, { 'sparkq.yml': '' })
    await sparkq(['setup', '--yes'])
    fs.writeFileSync(path.join(folder, 'sparkq.yml'), 'queue_runner:\n  base_url: http://mybox:5005/\n')
    const kept = spool('http://mybox:5005', env)
    for (const [task, left] of [
      ['tsk_1', true],
      ['', false],
    ] as const) {
      fs.rmSync(kept, { recursive: true, force: true })
      fs.mkdirSync(path.join(kept, 'tasks', task), { recursive: true })
      fs.writeFileSync(path.join(kept, 'sparkq.log'), 'x')
      if (!left) await sparkq(['teardown', '--force'])
      else
        assert.match(
          (await sparkq(['teardown', '--force', '--keep-config'])).stderr,
          /tasks stays: something else lies in it\.\n/,
        )
      assert.equal(fs.existsSync(kept), left)
    }
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
  const untracked = '?? sparkq.yml\n?? sparkq/.gitignore\n?? sparkq/WORKER_PLAYBOOK.md\n'
  assert.equal(git('status', '--porcelain', '--untracked-files=all'), untracked)
  const { code, stderr } = await at.sparkq(['teardown', '--force'])
  assert.equal(code, 0, stderr)
  assert.equal(git('status', '--porcelain'), '')
  assert.equal(fs.readFileSync(exclude, 'utf8'), before)
  assert.deepEqual(
    fs.readdirSync(at.folder).filter(name => name !== '.git'),
    [],
  )
})

test('git’s excludes are as they were: without a last line break, and where there were none', async t => {
  for (const before of ['*.log\n# mine', undefined]) {
    const at = emptySite(t)
    execFileSync('git', ['init', '--quiet'], { cwd: at.folder })
    const info = path.join(at.folder, '.git/info')
    if (before === undefined) fs.rmSync(info, { recursive: true })
    else fs.writeFileSync(path.join(info, 'exclude'), before)
    await at.sparkq(['setup', '--yes'])
    assert.match(fs.readFileSync(path.join(info, 'exclude'), 'utf8'), /^\/sparkq\.lock\*$/m)
    assert.equal((await at.sparkq(['teardown', '--force'])).code, 0)
    assert.equal(fs.existsSync(info), before !== undefined)
    if (before !== undefined) assert.equal(fs.readFileSync(path.join(info, 'exclude'), 'utf8'), before)
  }
})

test('the doors of a checkout are bash, and teardown.sh lists what goes', async t => {
  const checkout = path.resolve(import.meta.dirname, '../..')
  for (const door of ['sparkq.sh', 'teardown.sh']) execFileSync('bash', ['-n', path.join(checkout, door)])
  const at = await site(t)
  const link = path.join(at.folder, '../teardown')
  fs.symlinkSync(path.join(checkout, 'teardown.sh'), link)
  const run = spawn(link, ['--force'], { cwd: at.folder, env: { ...process.env, ...at.env } })
  assert.deepEqual(await once(run, 'exit'), [0, null])
  assert.deepEqual(names(at.folder), [])
})
