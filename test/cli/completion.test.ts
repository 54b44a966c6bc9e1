import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import {
  activeQueue,
  archivedQueue,
  idleQueue,
  listedQueue,
  openQueue,
  queuedTask,
  runningTask,
  unstartedQueue,
} from '../../src/cli/kinds.ts'
import { queueSteps, taskSteps } from '../../src/core/lifecycle.ts'
import { serve } from '../http/serve.ts'
import { writeFiles } from '../support/folder.ts'
import { openShell, type ShellName, whyNoShell } from '../support/shell.ts'
import { waitFor } from '../support/wait.ts'
import { emptySite, type RunOptions, type Site, site } from './run-cli.ts'
import { setUpProject } from './set-up.ts'

const main = path.join(import.meta.dirname, '../fixtures/cli/main.ts')

const files = {
  'scripts/deploy.sh': '#!/bin/sh\n# name: ship-it\n',
  'scripts/my report.py': '',
  'notes.md': '',
  'sub/deep/x.txt': '',
}

/** A project with things to name, and a `sparkq` on the PATH. */
async function arrange(t: TestContext): Promise<Site> {
  const at = await site(t, files)
  const { core, env, folder } = at
  const bin = path.join(path.dirname(folder), 'bin')
  writeFiles(bin, { sparkq: `#!/bin/sh\nexec ${process.execPath} ${main} "$@"\n` })
  for (const name of ['auth', 'my $lane "x"', 'feature:login', 'it’s größer']) {
    await core.createQueue({ session_id: 'default', name })
  }
  await core.pauseQueue({ id: 'auth' })
  await core.createSession({ name: 'api-v2' })
  const add = (command: string) =>
    core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command } })
  const { task } = await add('done')
  await core.claimTask({ id: 'default' })
  await core.completeTask({ id: task.id, result_summary: 'Done.' })
  await add('waits')
  return { ...at, env: { ...env, PATH: `${bin}:${env.PATH}` } }
}

/** A project that nobody has open. */
async function closedSite(t: TestContext): Promise<Omit<Site, 'core'>> {
  const at = emptySite(t)
  await setUpProject(at.folder)
  return at
}

const sources: Record<ShellName, string> = {
  bash: 'eval "$(sparkq completion bash)"',
  zsh: 'source <(sparkq completion zsh)',
  fish: 'sparkq completion fish | source',
}

/** What is typed before the tabulator, and what stands there after it. */
type Lines = [typed: string, line: string][]

const everywhere: Lines = [
  ['sparkq enq', 'sparkq enqueue '],
  ['sparkq queue unar', 'sparkq queue unarchive '],
  ['sparkq help scripts sh', 'sparkq help scripts show '],
  ['sparkq enqueue --max', 'sparkq enqueue --max-attempts '],
  ['sparkq tasks --status run', 'sparkq tasks --status running '],
  ['sparkq queue resume ', 'sparkq queue resume auth '],
  ['sparkq peek -q fea', 'sparkq peek -q feature:login '],
  ['sparkq session end api', 'sparkq session end api-v2 '],
  ['sparkq cancel ', 'sparkq cancel DEFAULT-2 '],
  ['sparkq requeue ', 'sparkq requeue DEFAULT-1 '],
  ['sparkq task default-2', 'sparkq task DEFAULT-2 '],
  ['sparkq enqueue -q auth -t run-p', 'sparkq enqueue -q auth -t run-python '],
  ['sparkq enqueue --class FA', 'sparkq enqueue --class FAST_SCRIPT '],
  ['sparkq enqueue -q auth -- scripts/de', 'sparkq enqueue -q auth -- scripts/deploy.sh '],
  ['sparkq enqueue -q auth -- ./scripts/de', 'sparkq enqueue -q auth -- ./scripts/deploy.sh '],
  ['sparkq enqueue -q auth -- not', 'sparkq enqueue -q auth -- notes.md '],
  [
    'sparkq enqueue -q auth -- scripts/deploy.sh not',
    'sparkq enqueue -q auth -- scripts/deploy.sh notes.md ',
  ],
  ['sparkq add auth --file not', 'sparkq add auth --file notes.md '],
  ['sparkq enqueue --cwd su', 'sparkq enqueue --cwd sub/'],
  ['sparkq scripts show shi', 'sparkq scripts show ship-it '],
  ['sparkq queue set auth on_failure=p', 'sparkq queue set auth on_failure=pause '],
  ['sparkq queue set auth default_t', 'sparkq queue set auth default_tool='],
  ['sparkq completion ba', 'sparkq completion bash '],
  ['sparkq nonsense x', 'sparkq nonsense x'],
  ['sparkq peek -q nonsense', 'sparkq peek -q nonsense'],
]

const own: Record<ShellName, Lines> = {
  bash: [
    ['sparkq peek -q my', 'sparkq peek -q my\\ \\$lane\\ \\"x\\" '],
    ['sparkq peek -q my\\ ', 'sparkq peek -q my\\ \\$lane\\ \\"x\\" '],
    ['sparkq peek -q "my ', 'sparkq peek -q "my \\$lane \\"x\\"" '],
    [`sparkq peek -q 'my `, `sparkq peek -q 'my $lane "x"' `],
    ['sparkq peek --queue=my', 'sparkq peek --queue=my\\ \\$lane\\ \\"x\\" '],
    ['sparkq peek --queue=feature:lo', 'sparkq peek --queue=feature:login '],
    ['sparkq peek -q it', 'sparkq peek -q it\\’s\\ größer '],
    ['sparkq enqueue -- scripts/my', 'sparkq enqueue -- scripts/my\\ report.py '],
    ['echo a; sparkq queue res', 'echo a; sparkq queue resume '],
  ],
  zsh: [
    ['sparkq peek -q my', 'sparkq peek -q my\\ \\$lane\\ \\"x\\" '],
    ['sparkq peek -q "my ', 'sparkq peek -q "my \\$lane \\"x\\"" '],
    ['sparkq peek --queue=my', 'sparkq peek --queue=my\\ \\$lane\\ \\"x\\" '],
    ['sparkq enqueue -- scripts/my', 'sparkq enqueue -- scripts/my\\ report.py '],
  ],
  fish: [
    ['sparkq peek -q my', `sparkq peek -q my\\ \\$lane\\ \\"x\\" `],
    ['sparkq peek -q "my ', `sparkq peek -q "my \\$lane \\"x\\"" `],
    ['sparkq enqueue -- scripts/my', 'sparkq enqueue -- scripts/my\\ report.py '],
  ],
}

/** What `__complete` answers: what the shell shall do, then the candidates. */
async function ask(
  { sparkq }: Pick<Site, 'sparkq'>,
  words: string[],
  options?: RunOptions,
): Promise<string[]> {
  const { stdout, stderr, code } = await sparkq(['__complete', ...words], options)
  assert.deepEqual([stderr, code], ['', 0])
  return stdout.split('\0').slice(0, -1)
}

const breaks = ` \t\n"'><=;|&(:`
const inBash = (at: Pick<Site, 'sparkq'>, line: string, options?: RunOptions) =>
  ask(at, ['bash', breaks, line], options)

describe('completion', { concurrency: 3 }, () => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    test(`completes in a real ${shell}`, { skip: whyNoShell(shell) }, async t => {
      const { folder, env } = await arrange(t)
      const { line } = await openShell(t, shell, { cwd: folder, env, source: sources[shell] })
      const lines: Lines = []
      for (const [typed] of [...everywhere, ...own[shell]]) lines.push([typed, await line(`${typed}\t`)])
      assert.deepEqual(lines, [...everywhere, ...own[shell]])
    })
  }

  test('prints a script for a shell, and says which there are', async t => {
    const { sparkq } = emptySite(t)
    const [bash, fis, none] = await Promise.all([
      sparkq(['completion', 'bash']),
      sparkq(['completion', 'fis']),
      sparkq(['completion']),
    ])
    assert.match(bash.stdout, /^# sparkq completion bash\n/)
    assert.equal(
      fis.stderr,
      'There is no completion for "fis". Did you mean "fish"?\n  sparkq completion bash\n  sparkq completion zsh\n  sparkq completion fish\n',
    )
    assert.deepEqual([fis.code, none.code], [2, 2])
  })

  test('has nothing to say, quietly, where there is nothing to look at', async t => {
    const empty = emptySite(t)
    assert.deepEqual(await inBash(empty, 'sparkq peek -q '), [])
    assert.deepEqual(await inBash(empty, 'sparkq sta'), ['words', 'status', 'start', 'stats'])
    assert.deepEqual(await ask(empty, []), [])
    assert.deepEqual(await ask(empty, ['tcsh', 'x']), [])
    writeFiles(empty.folder, { 'sparkq.yml': 'tools: [\n' })
    assert.deepEqual(await inBash(empty, 'sparkq peek -q '), [])
    writeFiles(empty.folder, { 'sparkq.yml': '', 'sparkq/data/sparkq.db': 'this is no database'.repeat(100) })
    assert.deepEqual(await inBash(empty, 'sparkq peek -q '), [])
    assert.deepEqual(await inBash(empty, 'sparkq peek -q ', { env: { SPARKQ_CONFIG: 'none.yml' } }), [])
  })

  test('makes no database, and writes nothing into one that is there', async t => {
    const empty = emptySite(t, { 'sparkq.yml': '' })
    assert.deepEqual(await inBash(empty, 'sparkq peek -q '), ['words'])
    assert.deepEqual(fs.readdirSync(empty.folder), ['sparkq.yml'])

    const at = await closedSite(t)
    const data = path.join(at.folder, 'sparkq/data')
    const before = filesIn(data)
    assert.deepEqual(await inBash(at, 'sparkq peek -q '), ['words', 'default'])
    assert.deepEqual(filesIn(data), before)
  })

  test('leaves what a crash left in the log to whoever writes next', async t => {
    const at = await arrange(t)
    const copy = path.join(path.dirname(at.folder), 'copy')
    // The database is open: its log is there, as after a crash.
    fs.cpSync(at.folder, copy, { recursive: true })
    const files = filesIn(path.join(copy, 'sparkq/data'))
    const db = files.find(it => it.startsWith('sparkq.db '))
    const wal = files.find(it => /-wal \d{4}/.test(it))
    assert.ok(db && wal, String(files))
    assert.deepEqual(await inBash(at, 'sparkq queue resume ', { in: '../copy' }), ['words', 'auth'])
    const after = filesIn(path.join(copy, 'sparkq/data'))
    assert.ok(after.includes(db) && after.includes(wal), String(after))
  })

  test('does not bring a database of another version up to date', async t => {
    const at = await closedSite(t)
    const file = path.join(at.folder, 'sparkq/data/sparkq.db')
    for (const version of [0, 9999]) {
      const db = new DatabaseSync(file)
      db.exec(`PRAGMA user_version = ${version}`)
      db.close()
      const before = filesIn(path.dirname(file))
      assert.deepEqual(await inBash(at, 'sparkq peek -q '), ['words'])
      assert.deepEqual(filesIn(path.dirname(file)), before)
    }
  })

  test('asks the server that SPARKQ_URL or --url names, and is not kept waiting by one that is silent', async t => {
    const at = await arrange(t)
    const { url } = await serve(t, at.core)
    const elsewhere = emptySite(t)
    const named = await waitFor('the server has answered in time', async () => {
      const answer = await inBash(elsewhere, 'sparkq queue resume ', { env: { SPARKQ_URL: url } })
      return answer.length > 0 && answer
    })
    assert.deepEqual(named, ['words', 'auth'])
    assert.deepEqual(
      await waitFor('it has answered again', async () => {
        const answer = await ask(elsewhere, ['zsh', 'peek', '--url', url, '-q', 'au'])
        return answer.length > 0 && answer.filter(it => it === 'auth')
      }),
      ['auth'],
    )
    const silent = net.createServer(() => {}).listen(0, '127.0.0.1')
    t.after(() => void silent.close())
    await once(silent, 'listening')
    const { port } = silent.address() as net.AddressInfo
    const env = { SPARKQ_URL: `http://127.0.0.1:${port}` }
    assert.deepEqual(await inBash(elsewhere, 'sparkq peek -q ', { env }), [])
    assert.deepEqual(await inBash(elsewhere, 'sparkq peek -q ', { env: { SPARKQ_URL: 'nonsense' } }), [])
  })

  test('finds a task among very many', async t => {
    const at = await arrange(t)
    const tasks = Array.from({ length: 1200 }, () => ({
      queue_id: 'default',
      tool_name: 'run-bash',
      payload: { command: 'true' },
    }))
    await at.core.createTasks({ tasks })
    const [, newest, ...more] = await inBash(at, 'sparkq cancel ')
    assert.equal(newest, 'DEFAULT-1202')
    assert.ok(more.length < 600)
    const old = await inBash(at, 'sparkq cancel default-77')
    assert.equal(old.length, 1 + 11)
    assert.ok(old.includes('DEFAULT-77'))
    const { tasks: found } = await at.core.listTasks({ q: 'DEFAULT-77', limit: 500 })
    const [task] = found.filter(it => it.friendly_id === 'DEFAULT-77')
    assert.deepEqual(await inBash(at, `sparkq cancel ${task?.id.slice(0, -2)}`), ['words', task?.id])
  })
})

test('the states in which a command takes tasks and queues are those of the state machine', () => {
  assert.deepEqual(queuedTask.task, taskSteps.cancel.from)
  assert.deepEqual(runningTask.task, taskSteps.succeed.from)
  assert.deepEqual(activeQueue.queue, queueSteps.pause.from)
  assert.deepEqual(idleQueue.queue, queueSteps.resume.from)
  assert.deepEqual(unstartedQueue.queue, queueSteps.activate.from)
  assert.deepEqual(openQueue.queue, queueSteps.end.from)
  assert.deepEqual(listedQueue.queue, queueSteps.archive.from)
  assert.deepEqual(archivedQueue.queue, queueSteps.unarchive.from)
})

/** Names, sizes and contents. */
function filesIn(folder: string): string[] {
  return fs.readdirSync(folder).map(name => {
    const bytes = fs.readFileSync(path.join(folder, name))
    return `${name} ${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`
  })
}
