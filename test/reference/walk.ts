import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { lookUp } from '../../src/cli/lookup.ts'
import { type RunOptions, site, snapshot } from '../cli/run-cli.ts'
import type { Line, Said } from '../fixtures/cli/many.ts'
import type { Cleaner } from '../support/folder.ts'
import { waitFor } from '../support/wait.ts'
import { type Bad, type Good, type Place, type Row, wordsOf } from './row.ts'

type Speak = (line: Line) => Promise<Said>
type Walker = { at: Place; speak: Speak; url: string | undefined }

/**
 * Types one line after the other in one project, and looks at what each one does; what is refused must have changed nothing.
 */
export async function walk(
  t: TestContext & Cleaner,
  rows: readonly Row[],
  files: Record<string, string> = {},
  make: typeof site = site,
) {
  const at = await make(t, files)
  const speak = openMany(t)
  for (const row of rows) await t.test(called(row), limit, () => step({ at, speak, url: undefined }, row))
}

/** The same through a server: the project's own, which runs meanwhile. */
export async function walkRemotely(
  t: TestContext & Cleaner,
  rows: readonly Row[],
  files: Record<string, string> = {},
) {
  const at = await site(t, files)
  const server = at.start(['run', '--host', '127.0.0.1', '--port', '0'])
  const url = await waitFor('the server answers', () => /http:\S+/.exec(server.seen.stdout)?.[0])
  const speak = openMany(t)
  for (const row of rows) await t.test(called(row), limit, () => step({ at, speak, url }, row))
  server.child.kill('SIGTERM')
  assert.equal((await server.ended).code, 0)
}

/** A line that never ends is told, and does not hold up everything. */
const limit = { timeout: 60_000 }

const called = (row: Row): string => `sparkq ${row.line}${row.kind === 'bad' ? `  (${row.what})` : ''}`

async function step(walker: Walker, row: Row): Promise<void> {
  await row.before?.(walker.at)
  return row.kind === 'good' ? does(walker, row) : refuses(walker, row)
}

async function does(walker: Walker, row: Good): Promise<void> {
  const said = row.until ? await staysUntil(walker, row) : await type(walker, row)
  const whole = `${said.stdout}${said.stderr}`
  assert.equal(said.code, row.code ?? 0, whole)
  for (const pattern of [row.out ?? []].flat()) assert.match(said.stdout, pattern, whole)
  if (row.err) assert.match(said.stderr, row.err, whole)
  assert.ok(row.out ?? row.err ?? row.leaves, 'nothing is looked at')
  await row.leaves?.(walker.at, said)
}

/** One sentence and a next step on stderr, nothing on stdout, the exit code, and nothing changed. */
async function refuses(walker: Walker, row: Bad): Promise<void> {
  const before = await everything(walker.at)
  const { stdout, stderr, code } = await type(walker, row)
  const lines = stderr.trimEnd().split('\n')
  // What would be done may be shown first.
  const place = lines.findLastIndex(line => !line.startsWith('  '))
  const [sentence = '', ...hints] = lines.slice(place)
  assert.equal(stdout, '')
  assert.match(sentence, row.says)
  assert.equal(code, row.code, stderr)
  assert.ok(hints.length > 0, stderr)
  assert.match(hints.join('\n'), row.next)
  assert.deepEqual(await everything(walker.at), before)
}

async function everything({ core, folder }: Place): Promise<unknown> {
  const [known, config, tools, classes, prompts, review] = await Promise.all([
    snapshot(core),
    core.listConfig(),
    core.listTools({ hidden: true }),
    core.listTaskClasses({ hidden: true }),
    core.listPrompts(),
    core.getReview(),
  ])
  const { since } = review.review
  return { known, config, tools, classes, prompts, since, files: filesIn(folder) }
}

/** All files with their sizes, but for those that any look at the database or a runner may write. */
function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(it => it.isFile() && !/\.db(-wal|-shm)?$|sparkq\.log/.test(it.name))
    .map(it => path.join(it.parentPath, it.name))
    .map(file => `${file} ${fs.statSync(file).size}`)
    .sort()
}

async function type({ at, speak, url }: Walker, row: Row): Promise<Said> {
  const env = { ...at.env, ...row.env }
  const args = await argsOf(row, url)
  if (row.process) return inOwnProcess(at, args, { ...row, env })
  const input = row.input === undefined ? {} : { input: row.input }
  return speak({ args, cwd: path.resolve(at.folder, row.in ?? '.'), env, ...input })
}

/** With `--url`, where there is a server to ask and the command can. */
async function argsOf({ line }: Row, url: string | undefined): Promise<string[]> {
  const words = wordsOf(line)
  const found = lookUp(words)
  if (url === undefined || 'group' in found || (await found.entry.load()).command.local) return words
  const end = words.indexOf('--')
  return words.toSpliced(end === -1 ? words.length : end, 0, '--url', url)
}

async function inOwnProcess({ sparkq }: Place, args: string[], { input, env, in: folder }: RunOptions) {
  const { code, ...said } = await sparkq(args, {
    ...(input === undefined ? {} : { input }),
    ...(folder === undefined ? {} : { in: folder }),
    ...(env === undefined ? {} : { env }),
  })
  return { ...said, code: code ?? -1 }
}

async function staysUntil({ at, url }: Walker, row: Good): Promise<Said> {
  const running = at.start(await argsOf(row, url), { env: row.env ?? {} })
  const isThere = () =>
    running.child.exitCode !== null || row.until?.test(running.seen.stdout + running.seen.stderr)
  try {
    await waitFor(`"sparkq ${row.line}" says ${row.until}`, isThere)
    await row.while?.(at)
  } finally {
    running.child.kill(row.signal ?? 'SIGINT')
  }
  const { code, ...said } = await running.ended
  return { ...said, code: code ?? -1 }
}

function openMany(t: Cleaner): Speak {
  const child = fork(path.join(import.meta.dirname, '../fixtures/cli/many.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.disconnect()
    await once(child, 'exit')
  })
  return async line => {
    const ended = new AbortController()
    const gone = once(child, 'exit', { signal: ended.signal }).then(() => {
      throw new Error(`"sparkq ${line.args.join(' ')}" ended the process that it shares`)
    })
    const answer = once(child, 'message', { signal: ended.signal }).then(([said]) => said as Said)
    child.send(line)
    try {
      const said = await Promise.race([answer, gone])
      if (process.env.WALK_SHOW)
        console.error(`$ sparkq ${line.args.join(' ')}\n${said.stdout}${said.stderr}[${said.code}]`)
      return said
    } finally {
      ended.abort()
      for (const left of [answer, gone]) left.catch(() => {})
    }
  }
}
